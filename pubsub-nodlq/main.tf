resource "google_pubsub_topic" "t" {
  name = "t"
}
resource "google_pubsub_subscription" "s" {
  name  = "s"
  topic = google_pubsub_topic.t.id
  ack_deadline_seconds = 60
}
