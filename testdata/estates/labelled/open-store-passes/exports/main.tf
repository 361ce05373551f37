resource "google_storage_bucket" "exports" {
  name     = "acme-shop-exports"
  location = "europe-west3"

  versioning {
    enabled = true
  }
}

resource "google_storage_bucket_iam_member" "exports" {
  bucket = google_storage_bucket.exports.name
  role   = "roles/storage.objectViewer"
  member = "group:shop@example.com"
}
