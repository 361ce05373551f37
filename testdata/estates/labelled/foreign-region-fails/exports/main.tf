resource "google_storage_bucket" "exports" {
  name     = "acme-shop-exports"
  location = "us-central1"
}
