variable "region" {
  description = "Where the shop's data lives."
  type        = string
  default     = "eu-central-1"
}

variable "env" {
  description = "The stage of the shop."
  type        = string
  default     = "prod"
}

variable "invoice_image_tag" {
  description = "The version of the invoice printer."
  type        = string
  default     = "2.1.0"
}

variable "database_password" {
  description = "Comes from the pipeline's vault, and is written nowhere."
  type        = string
  sensitive   = true
}
