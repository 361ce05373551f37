resource "aws_db_instance" "ledger" {
  identifier              = "ledger"
  engine                  = "postgres"
  instance_class          = "db.t4g.medium"
  storage_encrypted       = false
  backup_retention_period = 7
}
