//! User data of cloud-init to resources to workloads.

use plumbline_core::estate::Estate;

use super::{found, ids, reading};

/// The value at a pointer into the workload of user data.
#[track_caller]
fn workload(config: &str, pointer: &str, expected: Option<&str>) {
    let text = format!("#cloud-config\n{config}\n");
    let (estate, _) = Estate::new(reading(&text).resources);
    let found = found(estate.entities.first(), pointer);
    assert_eq!(found.as_deref(), expected, "{pointer} of {text}");
}

/// The variables of user data, as `name=value`, or `name` alone where nobody wrote the value.
#[track_caller]
fn variables(config: &str, expected: &[&str]) {
    let text = format!("#cloud-config\n{config}\n");
    let (estate, _) = Estate::new(reading(&text).resources);
    let at = |pointer: String| {
        let found = found(estate.entities.first(), &pointer)?;
        Some(found.trim_matches('"').to_owned())
    };
    let found: Vec<String> = (0..)
        .map_while(|index| {
            let variable = format!("/containers/0/env/{index}");
            let name = at(format!("{variable}/name"))?;
            Some(match at(format!("{variable}/value")) {
                Some(value) => format!("{name}={value}"),
                None => name,
            })
        })
        .collect();
    assert_eq!(found, expected, "{text}");
}

#[test]
fn user_data_is_known_by_its_first_line() {
    for text in [
        "#cloud-config\npackages: [nginx]\n",
        "#cloud-config  \npackages: [nginx]\n",
        "#cloud-config # of a machine\npackages: [nginx]\n",
        "#cloud-config\r\npackages: [nginx]\r\n",
    ] {
        ids(text, &["host/test.yaml/cloud-init/user-data"], &[]);
    }
}

#[test]
fn what_begins_otherwise_is_not() {
    for text in [
        "packages: [nginx]\n",
        "# cloud-config\npackages: [nginx]\n",
        "#cloud-config-archive\n- {type: text/plain, content: x}\n",
        "## template: jinja\n#cloud-config\npackages: [nginx]\n",
    ] {
        let other = reading(text);
        assert_eq!((other.unrecognised, other.problems.len()), (1, 0), "{text}");
    }
}

#[test]
fn user_data_is_one_mapping() {
    ids(
        "#cloud-config\n- a\n",
        &[],
        &["2:3 user data that is no mapping"],
    );
    ids(
        "#cloud-config\na: b\n---\nc: d\n",
        &["host/test.yaml/cloud-init/user-data"],
        &["4:1 a second document in user data, which cloud-init refuses"],
    );
}

#[test]
fn a_machine_is_a_workload_with_one_container() {
    let config = "packages: [nginx]";
    workload(config, "/name", Some(r#""test.yaml""#));
    workload(config, "/runtime/form", Some(r#""vm""#));
    workload(
        config,
        "/containers",
        Some(r#"[{"name":"user-data","role":"container"}]"#),
    );
}

#[test]
fn its_kind_is_that_of_user_data() {
    let reading = reading("#cloud-config\npackages: [nginx]\n");
    let targets: Vec<String> = reading
        .resources
        .iter()
        .map(plumbline_core::resource::Resource::target)
        .collect();
    assert_eq!(targets, ["host/cloud-init/user-data"]);
}

#[test]
fn files_of_variables_are_read_line_by_line() {
    for path in [
        "/srv/shop/.env",
        "/etc/shop.conf",
        "/etc/environment",
        "/etc/default/shop",
        "/etc/profile.d/shop.sh",
    ] {
        variables(
            &format!(
                "write_files:\n- path: {path}\n  content: |\n    # A comment=1\n    export A=b\n    C=\"d e\"\n    [section]\n    db.password=x\n    not one\n    F=$(hostname)\n"
            ),
            &["A=b", "C=d e", "db.password=x", "F"],
        );
    }
}

#[test]
fn files_of_settings_are_read_line_by_line() {
    for path in ["/etc/shop.yaml", "/etc/shop.ini", "/etc/shop.properties"] {
        variables(
            &format!(
                "write_files:\n- path: {path}\n  content: |\n    db:\n      db.password: \"a b\"\n    user = shop\n    not one\n"
            ),
            &["db.password=a b", "user=shop"],
        );
    }
}

#[test]
fn a_unit_that_is_written_sets_several_variables_at_once() {
    variables(
        "write_files:\n- path: /etc/systemd/system/web.service\n  content: |\n    [Service]\n    Environment=A=b \"C=d e\"\n    User=web\n",
        &["A=b", "C=d e", "User=web"],
    );
}

#[test]
fn other_files_are_not() {
    for path in ["/srv/shop/start.sh", "/etc/shop.toml"] {
        variables(
            &format!("write_files: [{{path: {path}, content: A=b}}]"),
            &[],
        );
    }
}

#[test]
fn a_file_that_is_encoded_is_said_and_not_read() {
    for encoding in ["b64", "gz+base64"] {
        let config =
            format!("write_files:\n- path: /a.env\n  encoding: {encoding}\n  content: A=b");
        variables(&config, &[]);
        ids(
            &format!("#cloud-config\n{config}\n"),
            &["host/test.yaml/cloud-init/user-data"],
            &["4:3 the content of this file is encoded, and was not read"],
        );
    }
    variables(
        "write_files: [{path: /a.env, encoding: text/plain, content: A=b}]",
        &["A=b"],
    );
}

#[test]
fn a_file_in_base64_is_read() {
    for content in [
        "{path: /a.env, encoding: b64, content: QT1i}",
        "{path: /a.env, content: !!binary QT1i}",
        "{path: /a.env, encoding: BASE64, content: \"QT\\n1i\"}",
    ] {
        variables(&format!("write_files: [{content}]"), &["A=b"]);
    }
    variables(
        "write_files:\n- path: /a.env\n  content: !!binary |\n    QT1i\n",
        &["A=b"],
    );
    variables(
        "write_files: [{path: /a.env, encoding: b64, content: !!binary UVQxaQ==}]",
        &["A=b"],
    );
}

#[test]
fn bytes_that_are_no_text_are_said() {
    ids(
        "#cloud-config\nwrite_files:\n- path: /a.env\n  content: !!binary //79\n",
        &["host/test.yaml/cloud-init/user-data"],
        &["4:3 the content of this file is encoded, and was not read"],
    );
}

#[test]
fn commands_begin_with_variables() {
    variables(
        "bootcmd:\n- export A=b C='d e'\nruncmd:\n- F=g H=i /bin/web J=k\n- [export, L=m]\n- |\n  set -e\n  export N=o; /bin/web\n- env P=q /bin/web\n",
        &["A=b", "C=d e", "F=g", "H=i", "L=m", "N=o", "P=q"],
    );
}

#[test]
fn what_a_container_is_given_is_a_variable() {
    variables(
        "runcmd:\n- docker run -e A=b --env C=d --env=E=f -e G web\n- [docker, run, -e, H=i, web]\n",
        &["A=b", "C=d", "E=f", "H=i"],
    );
}

#[test]
fn an_address_with_an_account_is_one() {
    variables(
        "runcmd:\n- psql postgres://shop:word@db/shop -c 'select 1'\n- curl https://example.com/a@b:c\n",
        &["address=postgres://shop:word@db/shop"],
    );
}

#[test]
fn what_a_command_is_given_later_is_no_variable() {
    variables(
        "runcmd:\n- /bin/web --port=80 A=b\n- [/bin/web, A=b]\n- '# export A=b'\n- export T=$(token)\n",
        &["T"],
    );
}

#[test]
fn passwords_of_users_are_literals() {
    variables(
        "password: p\nusers:\n- default\n- {name: web, passwd: $6$a, plain_text_passwd: b}\n- {name: ops, hashed_passwd: c}\n",
        &[
            "password=p",
            "users.web.passwd=$6$a",
            "users.web.plain_text_passwd=b",
            "users.ops.hashed_passwd=c",
        ],
    );
    variables("users: [default, {name: web, lock_passwd: true}]", &[]);
}

#[test]
fn changed_passwords_are_literals_unless_they_are_drawn() {
    variables(
        "chpasswd:\n  list: |\n    web:a:b\n    ops:RANDOM\n  users:\n  - {name: dev, password: c}\n  - {name: guest, type: RANDOM}\n",
        &["chpasswd.dev.password=c", "chpasswd.web.password=a:b"],
    );
    variables(
        "chpasswd: {list: ['web:a', 'ops:R'], expire: false}",
        &["chpasswd.web.password=a"],
    );
}

#[test]
fn private_keys_of_the_machine_are_literals_and_public_ones_are_not() {
    variables(
        "ssh_keys: {rsa_private: k, rsa_public: p}",
        &["ssh_keys.rsa_private=k"],
    );
}

#[test]
fn what_cloud_init_cannot_do_as_it_is_written_is_said() {
    let check = |config: &str, problem: &str| {
        ids(
            &format!("#cloud-config\n{config}\n"),
            &["host/test.yaml/cloud-init/user-data"],
            &[problem],
        );
    };
    check("runcmd: export A=b", "2:1 `runcmd` is no list");
    check("write_files: {path: /a}", "2:1 `write_files` is no list");
    check(
        "runcmd: [{echo a: b}]",
        "2:11 an item of `runcmd` that is no command",
    );
    check(
        "write_files: [/a]",
        "2:15 an item of `write_files` that is no mapping",
    );
}
