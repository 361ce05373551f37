//! Where state machines, streams and listeners of templates say what.

use super::{Modeller, of};
use crate::frontend::aws::bus;
use crate::frontend::aws::listener::{self, listener};
use crate::frontend::aws::stream::{self, stream};
use crate::frontend::aws::workflow::{self, state_machine};

/// What each type of resource is: one line per type.
pub(super) const MODELS: &[(&str, Modeller)] = &[
    ("AWS::StepFunctions::StateMachine", |it| {
        vec![state_machine(&of(it), &STATE_MACHINE)]
    }),
    ("AWS::Serverless::StateMachine", |it| {
        let mut entities = vec![state_machine(&of(it), &SERVERLESS)];
        entities.extend(bus::of_events(&of(it)));
        entities
    }),
    ("AWS::Kinesis::Stream", |it| vec![stream(&of(it), &STREAM)]),
    ("AWS::ElasticLoadBalancingV2::Listener", |it| {
        vec![listener(&of(it), &LISTENER)]
    }),
];

static STATE_MACHINE: workflow::Spelling = workflow::Spelling {
    name: &["StateMachineName"],
    tags: &["Tags"],
    region: &[],
    role: &["RoleArn"],
    tracing: &["TracingConfiguration", "Enabled"],
    level: &["LoggingConfiguration", "Level"],
};

static SERVERLESS: workflow::Spelling = workflow::Spelling {
    name: &["Name"],
    tags: &["Tags"],
    region: &[],
    role: &["Role"],
    tracing: &["Tracing", "Enabled"],
    level: &["Logging", "Level"],
};

static STREAM: stream::Spelling = stream::Spelling {
    tags: &["Tags"],
    encryption: &["StreamEncryption", "EncryptionType"],
    retention: &["RetentionPeriodHours"],
};

static LISTENER: listener::Spelling = listener::Spelling {
    protocol: &["Protocol"],
    actions: &["DefaultActions"],
    action: &["Type"],
    redirect: &["RedirectConfig", "Protocol"],
    clients: &["MutualAuthentication", "Mode"],
    balancer: &["LoadBalancerArn"],
    balancers: &["AWS::ElasticLoadBalancingV2::LoadBalancer"],
    internal: (&["Scheme"], "internal"),
};
