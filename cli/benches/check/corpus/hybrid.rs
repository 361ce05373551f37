//! Files of every format, as an organisation with functions, containers and VMs has them.

use super::{Manifest, Mix};

/// Writes a file of one format and says how it is called.
type Writer = fn(&mut Manifest) -> String;

/// Formats, and how many of a hundred files are of each.
const FORMATS: &[(usize, Writer)] = &[
    (46, kubernetes),
    (14, sam),
    (16, terraform),
    (8, compose),
    (6, unit),
    (5, cloud_init),
    (5, openapi),
];

impl Manifest {
    /// Writes a file of some format and says how it is called.
    pub(super) fn hybrid(&mut self) -> String {
        let write = self.choose(FORMATS).unwrap_or(kubernetes);
        write(self)
    }

    /// Takes a text in, `NAME` standing for the application and `FLAW` for one of two words.
    fn text(&mut self, text: &str, sound: &str, flawed: &str) {
        let word = if self.random(7) == 0 { flawed } else { sound };
        let name = format!("app{:05}", self.index);
        self.text = text.replace("NAME", &name).replace("FLAW", word);
    }
}

fn kubernetes(file: &mut Manifest) -> String {
    file.write(Mix::Everything);
    format!("app{:05}.yaml", file.index)
}

fn sam(file: &mut Manifest) -> String {
    file.text(SAM, "Active", "PassThrough");
    format!("app{:05}/template.yaml", file.index)
}

fn terraform(file: &mut Manifest) -> String {
    file.text(TERRAFORM, "Active", "PassThrough");
    format!("app{:05}/main.tf", file.index)
}

fn compose(file: &mut Manifest) -> String {
    file.text(COMPOSE, "2.4.1", "latest");
    format!("app{:05}/compose.yaml", file.index)
}

fn unit(file: &mut Manifest) -> String {
    file.text(UNIT, "app", "root");
    format!("app{:05}.service", file.index)
}

fn cloud_init(file: &mut Manifest) -> String {
    file.text(CLOUD_INIT, "nginx", "telnetd");
    format!("app{:05}/user-data.yaml", file.index)
}

fn openapi(file: &mut Manifest) -> String {
    file.text(OPENAPI, "[{key: []}]", "[]");
    format!("app{:05}/openapi.yaml", file.index)
}

const SAM: &str = "\
AWSTemplateFormatVersion: '2010-09-09'
Transform: AWS::Serverless-2016-10-31
Parameters:
  Stage: {Type: String, Default: prod}
Globals:
  Function:
    Runtime: python3.13
    Timeout: 20
    MemorySize: 256
    Tracing: FLAW
    Tags: {owner: NAME, cost-center: shop}
Resources:
  Jobs:
    Type: AWS::SQS::Queue
    Properties:
      QueueName: !Sub 'NAME-${Stage}-jobs'
      VisibilityTimeout: 180
      RedrivePolicy:
        deadLetterTargetArn: !GetAtt Dead.Arn
        maxReceiveCount: 4
  Dead:
    Type: AWS::SQS::Queue
  Worker:
    Type: AWS::Serverless::Function
    Properties:
      Handler: worker.handle
      CodeUri: worker/
      ReservedConcurrentExecutions: 20
      Environment:
        Variables:
          STAGE: !Ref Stage
          QUEUE: !Ref Jobs
      DeadLetterQueue: {Type: SQS, TargetArn: !GetAtt Dead.Arn}
      Events:
        Jobs: {Type: SQS, Properties: {Queue: !GetAtt Jobs.Arn, BatchSize: 10}}
  Api:
    Type: AWS::Serverless::Function
    Properties:
      Handler: api.handle
      CodeUri: api/
      ReservedConcurrentExecutions: 50
      Events:
        Get: {Type: Api, Properties: {Path: /NAME, Method: get}}
";

const TERRAFORM: &str = "\
variable \"stage\" {
  type    = string
  default = \"prod\"
}

locals {
  name = \"NAME-${var.stage}\"
  tags = {
    owner         = \"NAME\"
    \"cost-center\" = \"shop\"
  }
}

resource \"aws_sqs_queue\" \"dead\" {
  name = \"${local.name}-dead\"
  tags = local.tags
}

resource \"aws_sqs_queue\" \"jobs\" {
  name                       = \"${local.name}-jobs\"
  visibility_timeout_seconds = 180
  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dead.arn
    maxReceiveCount     = 4
  })
  tags = local.tags
}

resource \"aws_lambda_function\" \"worker\" {
  function_name                  = local.name
  runtime                        = \"python3.13\"
  handler                        = \"worker.handle\"
  filename                       = \"${path.module}/worker.zip\"
  role                           = aws_iam_role.worker.arn
  timeout                        = 20
  memory_size                    = 256
  reserved_concurrent_executions = 20

  environment {
    variables = {
      STAGE = var.stage
      QUEUE = aws_sqs_queue.jobs.url
    }
  }

  tracing_config {
    mode = \"FLAW\"
  }

  dead_letter_config {
    target_arn = aws_sqs_queue.dead.arn
  }

  tags = local.tags
}

resource \"aws_lambda_event_source_mapping\" \"jobs\" {
  event_source_arn = aws_sqs_queue.jobs.arn
  function_name    = aws_lambda_function.worker.arn
  batch_size       = 10
}

resource \"aws_iam_role\" \"worker\" {
  name = \"${local.name}-worker\"
  assume_role_policy = jsonencode({
    Version = \"2012-10-17\"
    Statement = [{
      Effect    = \"Allow\"
      Action    = \"sts:AssumeRole\"
      Principal = { Service = \"lambda.amazonaws.com\" }
    }]
  })
  tags = local.tags
}
";

const COMPOSE: &str = "\
name: NAME
services:
  web:
    image: registry.example.com/shop/NAME:FLAW
    user: '1000:1000'
    read_only: true
    cap_drop: [ALL]
    security_opt: ['no-new-privileges:true']
    environment:
      STAGE: ${STAGE:-prod}
    ports: ['8080:8080']
    deploy:
      resources:
        limits: {cpus: '0.5', memory: 256M}
    labels: {governance/class: steady}
    depends_on: [cache]
  cache:
    image: registry.example.com/base/cache:7.2.4
    user: '999'
    read_only: true
    cap_drop: [ALL]
    labels: {governance/class: steady}
    volumes: ['cache:/data']
volumes:
  cache: {}
";

const UNIT: &str = "\
[Unit]
Description=NAME
After=network-online.target

[Service]
ExecStart=/opt/NAME/bin/serve --port 8080
User=FLAW
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
CapabilityBoundingSet=
MemoryMax=512M
Restart=on-failure

[Install]
WantedBy=multi-user.target
";

const CLOUD_INIT: &str = "\
#cloud-config
hostname: NAME
package_update: true
packages: [FLAW, chrony]
users:
  - name: app
    shell: /usr/sbin/nologin
    lock_passwd: true
write_files:
  - path: /etc/app/settings.conf
    permissions: '0640'
    content: |
      name = NAME
      port = 8080
runcmd:
  - systemctl enable --now NAME
";

const OPENAPI: &str = "\
openapi: 3.1.0
info: {title: NAME, version: 1.0.0}
servers: [{url: 'https://NAME.shop.example'}]
security: FLAW
paths:
  /orders:
    get:
      responses: {'200': {description: the orders}}
    post:
      responses: {'202': {description: taken}}
  /orders/{id}:
    get:
      responses: {'200': {description: one order}}
components:
  securitySchemes:
    key: {type: apiKey, in: header, name: X-Key}
";
