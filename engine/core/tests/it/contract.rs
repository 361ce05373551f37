//! Contracts of `OpenAPI` and `AsyncAPI` to endpoints, channels and subscriptions.

use plumbline_core::estate::{EntityKind, Estate};
use plumbline_core::frontend::Reading;
use plumbline_core::locate::{Subject, locate};
use plumbline_core::parse::Notation;
use plumbline_core::source::Source;
use plumbline_rego::Path;

use super::{documents, found, ids, reading, spelt};

/// The names of the entities of a kind.
#[track_caller]
fn names(text: &str, kind: EntityKind, expected: &[&str]) {
    let (estate, _) = Estate::new(reading(text).resources);
    let names: Vec<&str> = estate
        .of_kind(kind)
        .map(|entity| entity.name.as_str())
        .collect();
    assert_eq!(names, expected, "{text}");
}

/// The value at a pointer into the first entity of a kind.
#[track_caller]
fn entity(text: &str, kind: EntityKind, pointer: &str, expected: Option<&str>) {
    let (estate, _) = Estate::new(reading(text).resources);
    let entity = estate.of_kind(kind).next().unwrap();
    let found = found(Some(entity), pointer);
    assert_eq!(found.as_deref(), expected, "{pointer} of {text}");
}

/// The line and column of what a pointer into the first entity of a kind was read from.
#[track_caller]
fn place(text: &str, kind: EntityKind, pointer: &str, expected: &str) {
    let (estate, _) = Estate::new(reading(text).resources);
    let entity = estate.of_kind(kind).next().unwrap();
    let subject = Subject {
        resource: estate.resources.first().unwrap(),
        entity: Some(entity),
    };
    let path = Path::from_pointer(&format!("/{}{pointer}", kind.as_str())).unwrap();
    let (location, _) = locate(subject, &path);
    let source = Source::new("test.yaml", text);
    let found = source.position(location.span.start).to_string();
    assert_eq!(found, expected, "{pointer} of {text}");
}

/// What nobody can know yet of the first entity of a kind.
#[track_caller]
fn unknown(text: &str, kind: EntityKind, expected: &[&str]) {
    let (estate, _) = Estate::new(reading(text).resources);
    let entity = estate.of_kind(kind).next().unwrap();
    let paths: Vec<String> = entity
        .tree
        .unknowns(
            plumbline_core::tree::NodeId::ROOT,
            plumbline_core::tree::Typing::Json,
        )
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(paths, expected, "{text}");
}

/// A document of `OpenAPI` with these lines and one operation with these keys.
fn openapi(lines: &str, operation: &str) -> String {
    format!(
        "openapi: 3.1.0\ninfo: {{title: Shop}}\n{lines}paths:\n  /a:\n    get: {{{operation}}}\n"
    )
}

/// The value at a pointer into the operation of such a document.
#[track_caller]
fn endpoint(lines: &str, operation: &str, pointer: &str, expected: Option<&str>) {
    let text = openapi(lines, operation);
    let spelt = spelt(&text, &reading(&text).problems);
    assert_eq!(spelt, [""; 0], "{text}");
    entity(&text, EntityKind::Endpoint, pointer, expected);
}

/// A document of `AsyncAPI` 3 with these lines and one channel with these keys.
fn asyncapi(lines: &str, channel: &str) -> String {
    format!("asyncapi: 3.0.0\ninfo: {{title: Orders}}\n{lines}channels:\n  a: {{{channel}}}\n")
}

/// The value at a pointer into the channel of such a document.
#[track_caller]
fn channel(lines: &str, keys: &str, pointer: &str, expected: Option<&str>) {
    let text = asyncapi(lines, keys);
    let spelt = spelt(&text, &reading(&text).problems);
    assert_eq!(spelt, [""; 0], "{text}");
    entity(&text, EntityKind::Channel, pointer, expected);
}

#[test]
fn a_contract_is_known_by_its_version_and_what_it_describes() {
    ids(
        "openapi: 3.0.3\ninfo: {title: Shop API}\npaths: {}\n",
        &["contract/test.yaml/openapi/Shop%20API"],
        &[],
    );
    ids(
        "swagger: '2.0'\npaths: {}\n",
        &["contract/test.yaml/openapi/test.yaml"],
        &[],
    );
    ids(
        "swagger: 2.0\npaths: {}\n",
        &["contract/test.yaml/openapi/test.yaml"],
        &[],
    );
    ids(
        "openapi: 3.1.0\ninfo: {title: Shop}\nwebhooks: {}\n",
        &["contract/test.yaml/openapi/Shop"],
        &[],
    );
    ids(
        "asyncapi: 2.6.0\ninfo: {title: Orders}\nchannels: {}\n",
        &["contract/test.yaml/asyncapi/Orders"],
        &[],
    );
}

#[test]
fn what_only_speaks_of_a_contract_is_none() {
    for text in [
        "openapi: {paths: {}}\npaths: {}\n",
        "openapi: enabled\npaths: {}\n",
        "openapi: 3.0.0\ninput: a.yaml\n",
        "paths: {}\n",
        "channels: {}\n",
    ] {
        let other = reading(text);
        assert_eq!((other.unrecognised, other.problems.len()), (1, 0), "{text}");
    }
}

#[test]
fn a_contract_that_describes_nothing_is_said() {
    ids(
        "openapi: 3.0.0\ninfo: {title: Shop}\n",
        &[],
        &["1:1 a document of OpenAPI without any of `paths`, `components`, `webhooks`"],
    );
    ids(
        "asyncapi: 3.0.0\ninfo: {title: Orders}\n",
        &[],
        &["1:1 a document of AsyncAPI without any of `channels`, `operations`, `components`"],
    );
}

#[test]
fn a_version_that_nobody_knows_is_read_and_said() {
    ids(
        "openapi: 4.0.0\ninfo: {title: Shop}\npaths: {}\n",
        &["contract/test.yaml/openapi/Shop"],
        &["1:1 the version `4.0.0` of OpenAPI is not known"],
    );
}

#[test]
fn its_kind_is_that_of_a_contract() {
    let targets = |text: &str| {
        let resources = reading(text).resources.into_iter();
        resources
            .map(|resource| resource.target())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        targets("openapi: 3.1.0\npaths: {}\n"),
        ["contract/contract/openapi"]
    );
    assert_eq!(
        targets("asyncapi: 3.0.0\nchannels: {}\n"),
        ["contract/contract/asyncapi"]
    );
}

#[test]
fn json_is_read_as_well() {
    let text = r##"{"openapi": "3.1.0", "paths": {"/a": {"$ref": "#/components/pathItems/A"}}, "components": {"pathItems": {"A": {"get": {}}}}}"##;
    let (documents, problems) = documents(text, Notation::Json);
    let mut reading = Reading {
        problems,
        ..Reading::default()
    };
    for document in &documents {
        reading.take(document);
    }
    assert_eq!(spelt(text, &reading.problems), [""; 0]);
    let (estate, _) = Estate::new(reading.resources);
    let names: Vec<&str> = estate
        .entities
        .iter()
        .map(|entity| entity.name.as_str())
        .collect();
    assert_eq!(names, ["GET /a"]);
}

#[test]
fn every_operation_is_an_endpoint() {
    let text = "openapi: 3.1.0\npaths:\n  /orders:\n    parameters: []\n    post: {}\n    get: {}\n  /orders/{id}:\n    x-owner: {get: {}}\n    delete: {}\n  x-internal-paths: {get: {}}\nwebhooks:\n  paid: {post: {}}\n";
    names(
        text,
        EntityKind::Endpoint,
        &["GET /orders", "POST /orders", "DELETE /orders/{id}"],
    );
    ids(text, &["contract/test.yaml/openapi/test.yaml"], &[]);
}

#[test]
fn an_endpoint_as_a_whole() {
    endpoint(
        "",
        "",
        "",
        Some(
            r#"{"asynchronous":false,"authentication":"none","exposure":"public","form":"operation","methods":["GET"],"name":"GET /a","path":"/a","rate_limit":false}"#,
        ),
    );
}

#[test]
fn a_path_of_another_shape_is_said() {
    ids(
        "openapi: 3.1.0\npaths:\n  a: {get: {}}\n  /b: text\n  /c: {GET: {}, post: text}\n",
        &["contract/test.yaml/openapi/test.yaml"],
        &[
            "3:3 the path `a` does not begin with `/`",
            "4:3 the path `/b` is no mapping",
            "5:8 unknown key `GET` of a path",
            "5:17 the operation `post` is no mapping",
        ],
    );
    ids(
        "openapi: 3.1.0\npaths: []\n",
        &["contract/test.yaml/openapi/test.yaml"],
        &["2:1 `paths` is no mapping"],
    );
}

#[test]
fn a_path_may_be_a_reference_with_more_beside_it() {
    let text = "openapi: 3.1.0\npaths:\n  /a:\n    $ref: '#/components/pathItems/A'\n    post: {}\ncomponents:\n  pathItems:\n    A: {get: {}}\n";
    names(text, EntityKind::Endpoint, &["GET /a", "POST /a"]);
    ids(text, &["contract/test.yaml/openapi/test.yaml"], &[]);
}

#[test]
fn a_server_that_is_inside_makes_an_endpoint_internal() {
    let at = "/exposure";
    for url in [
        "http://localhost:8080",
        "https://orders.internal/v1",
        "http://orders.shop.svc.cluster.local",
        "http://10.0.3.4",
        "http://[fd00::1]:80",
    ] {
        let servers = format!("servers: [{{url: '{url}'}}]\n");
        endpoint(&servers, "", at, Some(r#""internal""#));
    }
    for url in ["https://api.example.com", "/v1", "https://8.8.8.8"] {
        let servers = format!("servers: [{{url: '{url}'}}]\n");
        endpoint(&servers, "", at, Some(r#""public""#));
    }
}

#[test]
fn one_server_outside_makes_an_endpoint_public() {
    let servers = "servers:\n- url: http://localhost\n- url: https://example.com\n";
    endpoint(servers, "", "/exposure", Some(r#""public""#));
    let text = openapi(servers, "");
    place(&text, EntityKind::Endpoint, "/exposure", "5:3");
}

#[test]
fn the_nearest_servers_count() {
    let servers = "servers: [{url: https://example.com}]\n";
    let own = "servers: [{url: 'http://localhost'}]";
    endpoint(servers, own, "/exposure", Some(r#""internal""#));
    endpoint(servers, "servers: []", "/exposure", Some(r#""public""#));
}

#[test]
fn variables_of_a_server_are_all_that_they_may_be() {
    let with = |variable: &str| {
        format!("servers: [{{url: 'https://{{host}}/v1', variables: {{host: {{{variable}}}}}}}]\n")
    };
    let at = "/exposure";
    endpoint(&with("default: a.local"), "", at, Some(r#""internal""#));
    endpoint(
        &with("enum: [a.local, a.com], default: a.local"),
        "",
        at,
        Some(r#""public""#),
    );
    endpoint(&with(""), "", at, Some(r#""public""#));
}

#[test]
fn exposure_may_be_declared() {
    let at = "/exposure";
    endpoint("", "x-internal: true", at, Some(r#""internal""#));
    endpoint("", "x-internal: false", at, Some(r#""public""#));
    endpoint("x-exposure: Internal\n", "", at, Some(r#""internal""#));
    endpoint(
        "x-exposure: internal\n",
        "x-exposure: partners",
        at,
        Some(r#""public""#),
    );
}

#[test]
fn servers_say_whether_they_encrypt() {
    let with = |urls: &str| format!("servers: [{urls}]\n");
    let at = "/tls";
    endpoint(&with("{url: 'https://a.com'}"), "", at, Some("true"));
    endpoint(&with("{url: 'http://a.com'}"), "", at, Some("false"));
    endpoint(
        &with("{url: 'https://a.com'}, {url: 'http://b.com'}"),
        "",
        at,
        Some("false"),
    );
    endpoint(&with("{url: /v1}"), "", at, None);
    endpoint("", "", at, None);
}

#[test]
fn a_server_without_a_scheme_may_encrypt() {
    let check = |urls: &str, expected: &[&str]| {
        let text = format!(
            "openapi: 3.0.0\nservers: [{urls}]\npaths: {{/a: {{get: {{security: [], responses: {{'429': {{}}}}}}}}}}\n"
        );
        unknown(&text, EntityKind::Endpoint, expected);
    };
    check("{url: /v1}", &["/tls"]);
    check("{url: 'https://a.com'}, {url: //a.com/}", &["/tls"]);
    check("{url: '{scheme}://a.com'}", &["/tls"]);
    check("{url: 'http://a.com'}, {url: /v1}", &[]);
    check("{url: 'https://a.com'}", &[]);
}

#[test]
fn a_server_to_try_things_out_need_not_encrypt() {
    let with = |urls: &str| format!("servers: [{urls}]\n");
    endpoint(
        &with("{url: 'https://a.com'}, {url: 'http://localhost'}"),
        "",
        "/tls",
        Some("true"),
    );
    endpoint(
        &with("{url: 'http://localhost'}"),
        "",
        "/tls",
        Some("false"),
    );
}

#[test]
fn version_2_has_one_host_and_several_schemes() {
    let with = |lines: &str| format!("swagger: '2.0'\n{lines}paths:\n  /a:\n    get: {{}}\n");
    let check = |lines: &str, pointer, expected| {
        entity(&with(lines), EntityKind::Endpoint, pointer, expected);
    };
    check("host: a.local:80\n", "/exposure", Some(r#""internal""#));
    check("host: a.com\n", "/exposure", Some(r#""public""#));
    check("schemes: [https]\n", "/tls", Some("true"));
    check("schemes: [https, http]\n", "/tls", Some("false"));
    check("host: a.com\n", "/tls", None);
    place(
        &with("schemes:\n- https\n- http\n"),
        EntityKind::Endpoint,
        "/tls",
        "4:3",
    );
}

const SCHEMES: &str = "components:\n  securitySchemes:\n    key: {type: apiKey}\n    user: {type: http, scheme: basic}\n    token: {type: http, scheme: Bearer}\n    flow: {type: oauth2}\n    mutual: {type: mutualTLS}\n    signed: {type: apiKey, x-amazon-apigateway-authtype: awsSigv4}\n    open: {$ref: '#/components/securitySchemes/flow'}\n";

#[test]
fn a_scheme_says_how_callers_are_known() {
    for (scheme, expected) in [
        ("key", r#""api_key""#),
        ("user", r#""custom""#),
        ("token", r#""jwt""#),
        ("flow", r#""jwt""#),
        ("mutual", r#""iam""#),
        ("signed", r#""iam""#),
        ("open", r#""jwt""#),
    ] {
        let own = format!("security: [{{{scheme}: []}}]");
        endpoint(SCHEMES, &own, "/authentication", Some(expected));
    }
}

#[test]
fn an_operation_requires_what_the_document_does_unless_it_says_otherwise() {
    let lines = format!("security:\n- token: []\n{SCHEMES}");
    let at = "/authentication";
    endpoint(&lines, "", at, Some(r#""jwt""#));
    endpoint(&lines, "security: [key: []]", at, Some(r#""api_key""#));
    endpoint(&lines, "security: []", at, Some(r#""none""#));
    endpoint(&lines, "security: [{}]", at, Some(r#""none""#));
    endpoint(&lines, "security: [token: [], {}]", at, Some(r#""none""#));
    place(&openapi(&lines, ""), EntityKind::Endpoint, at, "4:3");
}

#[test]
fn nothing_required_stands_at_the_operation() {
    endpoint("", "", "/authentication", Some(r#""none""#));
    let text = openapi("", "");
    place(&text, EntityKind::Endpoint, "/authentication", "5:5");
}

#[test]
fn of_alternatives_the_weakest_counts_and_of_schemes_together_the_strongest() {
    let at = "/authentication";
    endpoint(
        SCHEMES,
        "security: [token: [], key: []]",
        at,
        Some(r#""api_key""#),
    );
    endpoint(
        SCHEMES,
        "security: [{token: [], key: []}]",
        at,
        Some(r#""jwt""#),
    );
}

#[test]
fn a_scheme_that_is_not_declared_is_said_and_unknown() {
    let text = openapi("", "security: [token: []]");
    ids(
        &text,
        &["contract/test.yaml/openapi/Shop"],
        &["5:22 the security scheme `token` is not declared"],
    );
    unknown(&text, EntityKind::Endpoint, &["/authentication"]);
}

#[test]
fn a_scheme_of_a_type_that_there_is_not_is_said() {
    let text = openapi(
        "components: {securitySchemes: {a: {type: bearer}}}\n",
        "security: [a: []]",
    );
    ids(
        &text,
        &["contract/test.yaml/openapi/Shop"],
        &["3:36 there is no type `bearer` of security schemes"],
    );
}

#[test]
fn a_scheme_in_another_file_is_unknown() {
    let text = openapi(
        "components: {securitySchemes: {a: {$ref: 'common.yaml#/a'}}}\n",
        "security: [a: []]",
    );
    ids(
        &text,
        &["contract/test.yaml/openapi/Shop"],
        &["3:36 references into `common.yaml` were not followed"],
    );
    unknown(&text, EntityKind::Endpoint, &["/authentication"]);
}

#[test]
fn requirements_of_another_shape_are_said() {
    ids(
        &openapi("security: token\n", ""),
        &["contract/test.yaml/openapi/Shop"],
        &["3:1 `security` is no list"],
    );
    ids(
        &openapi("security: [token]\n", ""),
        &["contract/test.yaml/openapi/Shop"],
        &["3:12 a security requirement that is no mapping"],
    );
}

#[test]
fn a_limit_is_known_by_what_tells_callers_of_it() {
    let at = "/rate_limit";
    for operation in [
        "responses: {429: {}}",
        "responses: {'429': {$ref: '#/info'}}",
        "x-ratelimit: {rate: 10}",
        "x-throttling: 10",
        "responses: {200: {headers: {X-RateLimit-Limit: {}}}}",
        "responses: {2XX: {headers: {RateLimit: {}}}}",
    ] {
        endpoint("", operation, at, Some("true"));
    }
    endpoint("x-rate-limit: 10\n", "", at, Some("true"));
    for operation in [
        "responses: {200: {headers: {X-Request-Id: {}}}}",
        "responses: {500: {headers: {RateLimit: {}}}}",
        "x-ratelimit: false",
    ] {
        endpoint("", operation, at, Some("false"));
    }
}

#[test]
fn headers_of_a_response_elsewhere_are_unknown() {
    unknown(
        &openapi("", "responses: {200: {$ref: 'common.yaml#/ok'}}"),
        EntityKind::Endpoint,
        &["/rate_limit"],
    );
    unknown(
        &openapi("", "responses: {200: {$ref: 'common.yaml#/ok'}, 429: {}}"),
        EntityKind::Endpoint,
        &[],
    );
}

#[test]
fn what_is_only_accepted_is_asynchronous() {
    let at = "/asynchronous";
    endpoint("", "responses: {202: {}}", at, Some("true"));
    endpoint("", "responses: {200: {}}", at, Some("false"));
}

#[test]
fn a_reference_into_another_file_is_said_once_per_file() {
    ids(
        &openapi(
            "components:\n  schemas:\n    A: {$ref: 'common.yaml#/A'}\n    B: {$ref: 'common.yaml#/B'}\n    C: {$ref: 'https://example.com/c.json'}\n",
            "",
        ),
        &["contract/test.yaml/openapi/Shop"],
        &[
            "5:9 references into `common.yaml` were not followed",
            "7:9 references into `https://example.com/c.json` were not followed",
        ],
    );
}

#[test]
fn a_reference_that_leads_nowhere_or_back_is_said() {
    ids(
        &openapi(
            "components:\n  schemas:\n    A: {$ref: '#/components/schemas/Z'}\n    B: {$ref: '#/components/schemas/C'}\n    C: {$ref: '#/components/schemas/B'}\n",
            "",
        ),
        &["contract/test.yaml/openapi/Shop"],
        &[
            "5:9 the reference `#/components/schemas/Z` leads to nothing",
            "6:9 the reference `#/components/schemas/C` leads back to itself",
            "7:9 the reference `#/components/schemas/B` leads back to itself",
        ],
    );
}

#[test]
fn what_only_looks_like_a_reference_is_none() {
    for schemas in [
        "A: {example: {$ref: a.yaml}}",
        "A: {properties: {$ref: {type: string}}}",
        "A: {properties: {a: {$ref: '#/components/schemas/A'}}}",
        "A: {$id: 'https://example.com/a', properties: {a: {$ref: '#/$defs/x'}}}",
    ] {
        ids(
            &openapi(&format!("components: {{schemas: {{{schemas}}}}}\n"), ""),
            &["contract/test.yaml/openapi/Shop"],
            &[],
        );
    }
}

#[test]
fn a_property_may_be_called_as_data_is() {
    ids(
        &openapi(
            "components: {schemas: {A: {properties: {example: {$ref: a.yaml}}}}}\n",
            "",
        ),
        &["contract/test.yaml/openapi/Shop"],
        &["3:51 references into `a.yaml` were not followed"],
    );
}

#[test]
fn a_pointer_may_pass_another_reference() {
    ids(
        &openapi(
            "components: {schemas: {A: {$ref: '#/components/schemas/B'}, B: {items: {}}, C: {$ref: '#/components/schemas/A/items'}}}\n",
            "",
        ),
        &["contract/test.yaml/openapi/Shop"],
        &[],
    );
}

#[test]
fn a_channel_as_a_whole() {
    channel(
        "servers: {s: {protocol: mqtt}}\n",
        "address: orders, messages: {Placed: {contentType: application/json, payload: {type: object}}}",
        "",
        Some(
            r#"{"contract":true,"form":"topic","messages":[{"cloudevents":false,"content_type":"application/json","name":"Placed","schema":true}],"name":"orders","protocol":"mqtt"}"#,
        ),
    );
}

#[test]
fn a_channel_is_called_by_its_address() {
    channel(
        "",
        "address: orders/placed",
        "/name",
        Some(r#""orders/placed""#),
    );
    channel("", "address: null", "/name", Some(r#""a""#));
    entity(
        "asyncapi: 2.6.0\nchannels:\n  orders/placed: {}\n",
        EntityKind::Channel,
        "/name",
        Some(r#""orders/placed""#),
    );
}

#[test]
fn channels_of_one_address_keep_their_keys() {
    names(
        "asyncapi: 3.0.0\nchannels:\n  a: {address: orders}\n  b: {address: orders}\n",
        EntityKind::Channel,
        &["orders", "b"],
    );
}

#[test]
fn bindings_say_what_a_channel_is() {
    for (bindings, form) in [
        ("amqp: {is: queue}", r#""queue""#),
        ("amqp: {is: routingKey}", r#""topic""#),
        ("sqs: {}", r#""queue""#),
        ("kafka: {}", r#""stream""#),
        ("mqtt: {}", r#""topic""#),
    ] {
        channel(
            "",
            &format!("bindings: {{{bindings}}}"),
            "/form",
            Some(form),
        );
    }
}

#[test]
fn a_protocol_is_that_of_the_servers_of_a_channel() {
    let servers = "servers: {s: {protocol: mqtt}, t: {protocol: kafka}}\n";
    let at = "/protocol";
    channel(servers, "", at, Some(r#""mqtt""#));
    channel(
        servers,
        "servers: [{$ref: '#/servers/t'}]",
        at,
        Some(r#""kafka""#),
    );
    channel("", "", at, None);
    entity(
        &format!("asyncapi: 2.6.0\n{servers}channels: {{a: {{servers: [t]}}}}\n"),
        EntityKind::Channel,
        at,
        Some(r#""kafka""#),
    );
}

#[test]
fn a_server_that_is_not_declared_is_said() {
    ids(
        "asyncapi: 2.6.0\nservers: {s: {protocol: mqtt}}\nchannels:\n  a: {servers: [s, t]}\n",
        &["contract/test.yaml/asyncapi/test.yaml"],
        &["4:20 the server `t` is not declared"],
    );
}

#[test]
fn a_message_has_a_schema_where_its_payload_says_anything() {
    let with = |payload: &str| format!("messages: {{M: {{payload: {payload}}}}}");
    let at = "/messages/0/schema";
    for payload in [
        "{type: object}",
        "{$ref: '#/info'}",
        "{schemaFormat: avro, schema: {type: record}}",
        "{schemaFormat: protobuf, schema: 'message M {}'}",
    ] {
        channel("", &with(payload), at, Some("true"));
    }
    for payload in ["{}", "null", "true", "{schemaFormat: avro}"] {
        channel("", &with(payload), at, Some("false"));
    }
}

#[test]
fn a_type_of_content_may_be_that_of_the_document() {
    let lines = "defaultContentType: application/json\n";
    let at = "/messages/0/content_type";
    channel(
        lines,
        "messages: {M: {}}",
        at,
        Some(r#""application/json""#),
    );
    channel(
        lines,
        "messages: {M: {contentType: text/plain}}",
        at,
        Some(r#""text/plain""#),
    );
    channel(
        lines,
        "messages: {M: {traits: [{contentType: text/html}]}}",
        at,
        Some(r#""text/html""#),
    );
    channel("", "messages: {M: {}}", at, None);
}

const CLOUD_EVENT: &str = "{specversion: {}, type: {}, source: {}, id: {}}";

#[test]
fn an_event_of_cloudevents_is_known_by_its_attributes_or_by_what_it_names() {
    let at = "/messages/0/cloudevents";
    let lines = format!(
        "components:\n  messageTraits: {{CloudEvent: {{}}, Headers: {{headers: {{properties: {CLOUD_EVENT}}}}}}}\n  schemas: {{Base: {{properties: {CLOUD_EVENT}}}}}\n"
    );
    for message in [
        format!("payload: {{properties: {CLOUD_EVENT}}}"),
        format!("headers: {{properties: {CLOUD_EVENT}}}"),
        "headers: {properties: {ce_specversion: {}, ce_type: {}, ce_source: {}, ce_id: {}}}"
            .to_owned(),
        "payload: {allOf: [{$ref: '#/components/schemas/Base'}, {type: object}]}".to_owned(),
        "payload: {schemaFormat: x, schema: {$ref: '#/components/schemas/Base'}}".to_owned(),
        "traits: [{$ref: '#/components/messageTraits/CloudEvent'}]".to_owned(),
        "traits: [{$ref: '#/components/messageTraits/Headers'}]".to_owned(),
        "contentType: application/cloudevents+json".to_owned(),
        "x-cloudevents: true".to_owned(),
    ] {
        channel(
            &lines,
            &format!("messages: {{M: {{{message}}}}}"),
            at,
            Some("true"),
        );
    }
}

#[test]
fn what_lacks_an_attribute_is_no_event_of_cloudevents() {
    for message in [
        "payload: {properties: {type: {}, source: {}, id: {}}}",
        "headers: {properties: {ce_specversion: {}, type: {}, source: {}, id: {}}}",
        "x-cloudevents: false",
        "payload: {allOf: [{$ref: '#/channels/a/messages/M/payload'}]}",
        "",
    ] {
        channel(
            "",
            &format!("messages: {{M: {{{message}}}}}"),
            "/messages/0/cloudevents",
            Some("false"),
        );
    }
}

#[test]
fn a_message_in_another_file_is_unknown() {
    let text = asyncapi("", "messages: {M: {$ref: 'common.yaml#/M'}}");
    unknown(
        &text,
        EntityKind::Channel,
        &[
            "/messages/0/content_type",
            "/messages/0/schema",
            "/messages/0/cloudevents",
        ],
    );
}

#[test]
fn version_2_has_messages_in_operations_each_once() {
    let text = "asyncapi: 2.6.0\nchannels:\n  a:\n    publish: {message: {$ref: '#/components/messages/Placed'}}\n    subscribe:\n      message:\n        oneOf:\n        - $ref: '#/components/messages/Placed'\n        - {messageId: paid, payload: {type: object}}\ncomponents:\n  messages:\n    Placed: {payload: {type: object}}\n";
    entity(
        text,
        EntityKind::Channel,
        "/messages",
        Some(
            r#"[{"cloudevents":false,"name":"Placed","schema":true},{"cloudevents":false,"name":"paid","schema":true}]"#,
        ),
    );
    ids(text, &["contract/test.yaml/asyncapi/test.yaml"], &[]);
}

#[test]
fn what_receives_is_a_subscription() {
    let text = "asyncapi: 3.0.0\nchannels:\n  a: {address: orders}\noperations:\n  ship: {action: receive, channel: {$ref: '#/channels/a'}}\n  order: {action: send, channel: {$ref: '#/channels/a'}}\n";
    names(text, EntityKind::Subscription, &["ship"]);
    entity(
        text,
        EntityKind::Subscription,
        "",
        Some(r#"{"channel":{"name":"orders"},"form":"topic","name":"ship"}"#),
    );
    place(text, EntityKind::Subscription, "/channel/name", "5:27");
    ids(text, &["contract/test.yaml/asyncapi/test.yaml"], &[]);
}

#[test]
fn version_2_receives_what_others_publish() {
    names(
        "asyncapi: 2.6.0\nchannels:\n  a: {publish: {operationId: ship}}\n  b: {publish: {}}\n  c: {subscribe: {}}\n",
        EntityKind::Subscription,
        &["ship", "publish b"],
    );
}

#[test]
fn a_channel_in_another_file_is_unknown() {
    unknown(
        "asyncapi: 3.0.0\noperations:\n  ship: {action: receive, channel: {$ref: 'common.yaml#/a'}}\n",
        EntityKind::Subscription,
        &["/channel/name"],
    );
}

#[test]
fn an_operation_of_another_shape_is_said() {
    ids(
        "asyncapi: 3.0.0\nchannels:\n  a: text\noperations:\n  b: text\n  c: {action: publish, channel: {$ref: '#/channels/a'}}\n  d: {action: send}\n",
        &["contract/test.yaml/asyncapi/test.yaml"],
        &[
            "3:3 `a` of `channels` is no mapping",
            "5:3 `b` of `operations` is no mapping",
            "6:7 the operation `c` neither sends nor receives",
            "7:3 the operation `d` is about no channel",
        ],
    );
}

#[test]
fn servers_that_are_no_list_are_said() {
    ids(
        &openapi("servers: {url: 'http://a.example'}\n", "responses: {}"),
        &["contract/test.yaml/openapi/Shop"],
        &["3:1 `servers` is no list"],
    );
    ids(
        &openapi("servers: [{url: 'http://a.example'}]\n", "responses: {}"),
        &["contract/test.yaml/openapi/Shop"],
        &[],
    );
}
