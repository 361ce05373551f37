//! Where further resources of Azure say what.

use super::{Modeller, TRUE, of};
use crate::frontend::aws::budget::{self, budget};
use crate::frontend::aws::bus::{Channel, channel};
use crate::frontend::aws::declared::Path;
use crate::frontend::aws::machine::{self, machine};
use crate::frontend::aws::store::{self, Means, Question, Way, logs, store};
use crate::frontend::terraform::azure;

/// What each type of resource is: one line per type.
pub(super) const MODELS: &[(&str, Modeller)] = &[
    ("azurerm_linux_function_app", |it| {
        azure::function(it, &azure::LINUX)
    }),
    ("azurerm_windows_function_app", |it| {
        azure::function(it, &azure::WINDOWS)
    }),
    ("azurerm_function_app_flex_consumption", |it| {
        azure::function(it, &azure::FLEX)
    }),
    ("azurerm_container_app", azure::container::app),
    ("azurerm_windows_virtual_machine", |it| {
        vec![machine(&of(it), &WINDOWS)]
    }),
    ("azurerm_linux_virtual_machine_scale_set", |it| {
        vec![machine(&of(it), &LINUX_SET)]
    }),
    ("azurerm_windows_virtual_machine_scale_set", |it| {
        vec![machine(&of(it), &WINDOWS_SET)]
    }),
    ("azurerm_storage_account", |it| {
        vec![store(&of(it), &ACCOUNT)]
    }),
    ("azurerm_mssql_server", |it| {
        vec![store(&of(it), &SQL_SERVER)]
    }),
    ("azurerm_postgresql_flexible_server", |it| {
        vec![store(&of(it), &POSTGRES)]
    }),
    ("azurerm_mysql_flexible_server", |it| {
        vec![store(&of(it), &MYSQL)]
    }),
    ("azurerm_log_analytics_workspace", |it| {
        vec![logs(&of(it), &WORKSPACE, DAYS)]
    }),
    ("azurerm_servicebus_topic", |it| {
        vec![channel(&of(it), &TOPIC)]
    }),
    (
        "azurerm_servicebus_subscription",
        azure::subscription::of_topic,
    ),
    (
        "azurerm_eventgrid_event_subscription",
        azure::subscription::of_events,
    ),
    ("azurerm_consumption_budget_subscription", |it| {
        vec![budget(&of(it), &BUDGET)]
    }),
    ("azurerm_consumption_budget_resource_group", |it| {
        vec![budget(&of(it), &BUDGET)]
    }),
    ("azurerm_consumption_budget_management_group", |it| {
        vec![budget(&of(it), &BUDGET)]
    }),
];

const fn machine_of(os: &'static str, public: Path) -> machine::Spelling {
    machine::Spelling {
        name: &["name"],
        tags: &["tags"],
        region: &["location"],
        os: Some(os),
        identity: &[],
        scripts: &[&["custom_data"], &["user_data"]],
        passwords: &[("admin_password", &["admin_password"])],
        public,
        metadata: &[],
        metadata_keys: None,
    }
}

/// Addresses of a set of machines are made with them.
const OF_SET: Path = &["network_interface", "ip_configuration", "public_ip_address"];

static WINDOWS: machine::Spelling = machine_of("windows", &[]);

static LINUX_SET: machine::Spelling = machine_of("linux", OF_SET);

static WINDOWS_SET: machine::Spelling = machine_of("windows", OF_SET);

const FALSE: Means = Means::OneOf(&["false"]);

/// What a container of a storage account lets everybody do: read its blobs, or list them too.
const OPEN: Means = Means::OneOf(&["blob", "container"]);

/// Everything is encrypted; a container is closed unless it says otherwise, and the account lets it.
/// <https://learn.microsoft.com/azure/storage/blobs/anonymous-read-access-configure>
static ACCOUNT: store::Spelling = store::Spelling {
    form: "bucket",
    name: &["name"],
    region: &["location"],
    tags: &["tags"],
    log_retention: &[],
    public: Question {
        ways: &[
            Way {
                beside: Some(("azurerm_storage_container", &["storage_account_id"])),
                path: &["container_access_type"],
                means: OPEN,
            },
            Way {
                beside: Some(("azurerm_storage_container", &["storage_account_name"])),
                path: &["container_access_type"],
                means: OPEN,
            },
        ],
        unless: &[
            Way {
                beside: None,
                path: &["allow_nested_items_to_be_public"],
                means: FALSE,
            },
            Way {
                beside: None,
                path: &["public_network_access_enabled"],
                means: FALSE,
            },
            Way {
                beside: None,
                path: &["network_rules", "default_action"],
                means: Means::OneOf(&["Deny"]),
            },
            Way {
                beside: Some((
                    "azurerm_storage_account_network_rules",
                    &["storage_account_id"],
                )),
                path: &["default_action"],
                means: Means::OneOf(&["Deny"]),
            },
        ],
        default: Some(false),
    },
    encrypted: Question::always(true),
    backup: Question::written(
        &[
            Way {
                beside: None,
                path: &["blob_properties", "versioning_enabled"],
                means: TRUE,
            },
            Way {
                beside: None,
                path: &["blob_properties", "delete_retention_policy"],
                means: Means::Written,
            },
        ],
        false,
    ),
    policy: None,
};

/// The last address of all: a rule that goes on to it leaves nobody out. One from 0.0.0.0 to 0.0.0.0 is for services of
/// Azure.
/// <https://learn.microsoft.com/azure/azure-sql/database/firewall-configure>
const LAST: Means = Means::OneOf(&["255.255.255.255"]);

/// A server of databases, which are encrypted and backed up whatever is written.
const fn server(rules: &'static [Way], closed: &'static [Way]) -> store::Spelling {
    store::Spelling {
        form: "database",
        name: &["name"],
        region: &["location"],
        tags: &["tags"],
        log_retention: &[],
        public: Question {
            ways: rules,
            unless: closed,
            default: Some(false),
        },
        encrypted: Question::always(true),
        backup: Question::always(true),
        policy: None,
    }
}

/// <https://learn.microsoft.com/azure/azure-sql/database/automated-backups-overview>
static SQL_SERVER: store::Spelling = server(
    &[Way {
        beside: Some(("azurerm_mssql_firewall_rule", &["server_id"])),
        path: &["end_ip_address"],
        means: LAST,
    }],
    CLOSED,
);

/// <https://learn.microsoft.com/azure/postgresql/flexible-server/concepts-backup-restore>
static POSTGRES: store::Spelling = server(
    &[Way {
        beside: Some((
            "azurerm_postgresql_flexible_server_firewall_rule",
            &["server_id"],
        )),
        path: &["end_ip_address"],
        means: LAST,
    }],
    CLOSED,
);

/// <https://learn.microsoft.com/azure/mysql/flexible-server/concepts-backup-restore>
static MYSQL: store::Spelling = server(
    &[Way {
        beside: Some((
            "azurerm_mysql_flexible_server_firewall_rule",
            &["server_name"],
        )),
        path: &["end_ip_address"],
        means: LAST,
    }],
    &[Way {
        beside: None,
        path: &["public_network_access"],
        means: Means::OneOf(&["Disabled"]),
    }],
);

const CLOSED: &[Way] = &[Way {
    beside: None,
    path: &["public_network_access_enabled"],
    means: FALSE,
}];

/// How long a workspace keeps its logs where nothing is written.
/// <https://learn.microsoft.com/azure/azure-monitor/logs/data-retention-configure>
const DAYS: i64 = 30;

static WORKSPACE: store::Spelling = store::Spelling {
    form: "log_group",
    name: &["name"],
    region: &["location"],
    tags: &["tags"],
    log_retention: &["retention_in_days"],
    public: Question::always(false),
    encrypted: Question::always(true),
    backup: Question::always(false),
    policy: None,
};

static TOPIC: Channel = Channel {
    form: "topic",
    tags: &[],
    visibility: (&[], None),
    retention: &["default_message_ttl"],
    key: None,
    max_receives: (&[], None),
    redrive: None,
    expired: &[],
};

/// A threshold is one of a hundred, and a notification is on unless it says otherwise.
/// <https://learn.microsoft.com/rest/api/consumption/budgets/create-or-update>
static BUDGET: budget::Spelling = budget::Spelling {
    amount: &["amount"],
    tags: &[],
    alerts: &["notification"],
    enabled: &["enabled"],
    threshold: &["threshold"],
    unit: &[],
    of_one: false,
};
