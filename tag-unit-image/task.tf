resource "aws_ecs_task_definition" "t" {
  family = "t"
  network_mode = "awsvpc"
  task_role_arn = "arn:aws:iam::1:role/x"
  tags = { cost-center = "1", owner = "a", "governance/class" = "stateful" }
  container_definitions = jsonencode([{ name = "a", image = "nginx:latest", readonlyRootFilesystem = true, memory = 128, cpu = 10, user = "1000", environment = [{name = "OTEL_EXPORTER_OTLP_ENDPOINT", value = "x"}] }])
}
