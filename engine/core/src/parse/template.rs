//! Templates of YAML that nobody rendered yet: Helm's, and whatever else writes its actions as `{{ ... }}` or
//! `{% ... %}`.

/// Whether a text that is not YAML was meant to be rendered first: it has an action of a template where YAML cannot
/// have one.
///
/// Such a place is a line of its own, the beginning of a plain value, and what follows one that stands there. Within
/// quotes, comments and block scalars an action is text like any other, and says nothing.
pub(super) fn is_template(text: &str) -> bool {
    let mut block: Option<usize> = None;
    for line in text.lines() {
        let content = line.trim_start_matches(' ');
        let indent = line.len() - content.len();
        if content.is_empty() || block.is_some_and(|outer| indent > outer) {
            continue;
        }
        let item = behind_dashes(content);
        block = opens_block(item).then(|| {
            let column = line.len() - item.len();
            // The text of an item that is nothing else need only stand behind its dash.
            let is_bare = item.starts_with(['|', '>']);
            column.saturating_sub(if is_bare { 2 } else { 0 })
        });
        let is_comment = content.starts_with('#');
        if !is_comment && (begins_with_action(item) || begins_with_action(value(item))) {
            return true;
        }
    }
    false
}

fn behind_dashes(line: &str) -> &str {
    let mut rest = line;
    while let Some(item) = rest.strip_prefix("- ") {
        rest = item.trim_start();
    }
    rest
}

/// What stands behind the key of an entry.
fn value(item: &str) -> &str {
    let is_key = |key: &str| !key.is_empty() && !key.contains(['"', '\'', '{', '[', '#']);
    match item.split_once(": ") {
        Some((key, value)) if is_key(key) => value.trim_start(),
        _ => item,
    }
}

/// An action: what opens it, and on the same line what closes it. Some that YAML has no use for may go on for lines.
fn begins_with_action(text: &str) -> bool {
    const ACTIONS: &[(&str, &str)] = &[("{{", "}}"), ("{%", "%}"), ("{#", "#}")];
    const OPEN: &[&str] = &["{{-", "{{/*", "{%-"];
    OPEN.iter().any(|open| text.starts_with(open))
        || ACTIONS
            .iter()
            .any(|(open, close)| text.starts_with(open) && text.contains(close))
}

/// Whether the lines below, as far as they are indented, are text: the line ends in `|` or `>` and how to end it.
fn opens_block(line: &str) -> bool {
    let line = line.split_once(" #").map_or(line, |(before, _)| before);
    let header = line.trim_end().rsplit(' ').next().unwrap_or_default();
    let is_header = |rest: &str| {
        rest.bytes()
            .all(|byte| matches!(byte, b'-' | b'+' | b'1'..=b'9'))
    };
    header.strip_prefix(['|', '>']).is_some_and(is_header)
}

#[cfg(test)]
mod tests {
    use super::is_template;

    #[track_caller]
    fn check(text: &str, expected: bool) {
        assert_eq!(is_template(text), expected, "{text}");
    }

    #[test]
    fn an_action_on_a_line_of_its_own_is_one_of_a_template() {
        check("a: 1\n{{- if .Values.web }}\nb: 2\n{{- end }}\n", true);
        check("a:\n  {{- toYaml .Values.a | nindent 2 }}\n", true);
        check("- {{ item }}\n", true);
        check("{% for web in all %}\n- a\n{% endfor %}\n", true);
        check("{{/*\nwhat this is\n*/}}\n", true);
    }

    #[test]
    fn an_action_for_a_plain_value_is_one_of_a_template() {
        check("image: {{ .Values.image }}:{{ .Values.tag }}\n", true);
        check("- name: {{ .Release.Name }}-web\n", true);
    }

    #[test]
    fn an_action_within_a_text_is_none() {
        check("name: \"{{ .Release.Name }}\"\nb: [\n", false);
        check("name: web-{{ .Release.Name }}\nb: [\n", false);
        check("script: |\n  {{ not mine }}\nb: [\n", false);
        check("script: >-\n\n  {{ not mine }}\nb: [\n", false);
        check("# {{ not mine }}\nb: [\n", false);
        check("run: ${{ matrix.os }}\nb: [\n", false);
    }

    #[test]
    fn braces_of_yaml_are_no_action() {
        check("a: {b: {c: 1}}\nb: [\n", false);
        check("a: {\n  b: {c: 1}}\nb: [\n", false);
        check("a: {}\nb: [\n", false);
    }

    #[test]
    fn a_block_ends_where_its_indentation_does() {
        check("script: |\n  text\n{{ end }}\n", true);
        check("- a: |\n    text\n  b: {{ x }}\n", true);
        check("- |\n  {{ not mine }}\n- [\n", false);
    }
}
