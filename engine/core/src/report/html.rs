//! A page of its own for whoever has to see what was judged: no script, nothing from elsewhere, fit for printing.

mod sections;

use std::fmt::Write;

use self::sections::{controls, findings, problems, rules, run};
use super::escape::markup;
use super::{Report, spoken};
use crate::verdict::Verdict;

/// The whole page.
pub fn render(report: &Report<'_>) -> String {
    let class = match report.verdict {
        Verdict::Pass => "pass",
        Verdict::Warn => "warn",
        Verdict::Deny | Verdict::Undecided => "fail",
    };
    let verdict = spoken::verdict(report.verdict);
    let mut out = String::from(HEAD);
    let _ = writeln!(
        out,
        "<h1>Policy report</h1>\n<p class=\"verdict {class}\"><strong>{verdict}</strong>: {}</p>\n<p>{}</p>",
        markup(&spoken::grounds(report)),
        markup(&spoken::judged(report))
    );
    if let Some(unknown) = spoken::unknown(report) {
        let _ = writeln!(out, "<p>{}</p>", markup(&unknown));
    }
    problems(report, true, &mut out);
    findings(report, &mut out);
    problems(report, false, &mut out);
    run(report, &mut out);
    controls(report, &mut out);
    rules(report, &mut out);
    out.push_str("</main></body></html>\n");
    out
}

/// The beginning of the page. The policy in it forbids everything but the style.
const HEAD: &str = "<!DOCTYPE html>
<html lang=\"en\"><head><meta charset=\"utf-8\">
<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'\">
<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">
<title>Policy report</title>
<style>
:root{color-scheme:light dark;--ink:#1b1f24;--paper:#fff;--line:#d0d7de;--soft:#f6f8fa;--bad:#b3261e;--mid:#8a5300;--good:#1a6b34}
@media (prefers-color-scheme:dark){:root{--ink:#e6edf3;--paper:#0d1117;--line:#3d444d;--soft:#161b22;--bad:#ff8a80;--mid:#f0b45b;--good:#6fd08c}}
body{font:15px/1.5 system-ui,sans-serif;margin:0;color:var(--ink);background:var(--paper)}
main{max-width:70rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;width:100%}
th,td{border-bottom:1px solid var(--line);padding:.3rem .7rem;text-align:left;vertical-align:top;overflow-wrap:anywhere}
article{border:1px solid var(--line);border-radius:6px;padding:0 1rem;margin:1rem 0;break-inside:avoid}
pre{background:var(--soft);padding:.6rem;overflow-x:auto}
code{overflow-wrap:anywhere}
mark{color:inherit;background:none;border-bottom:2px solid var(--bad)}
.verdict{font-size:1.2rem}
.fail,.critical,.high{color:var(--bad)}
.warn,.medium{color:var(--mid)}
.pass{color:var(--good)}
@media print{main{max-width:none}pre{white-space:pre-wrap}}
</style></head><body><main>
";
