resource "google_compute_instance" "v" {
  name = "v"
  machine_type = "e2-small"
  zone = "europe-west3-a"
  labels = { cost-center = "1", owner = "a", governance_class = "stateful" }
  metadata_startup_script = "export DB_PASSWORD=hunter2hunter2"
  boot_disk {
    initialize_params { image = "debian-cloud/debian-13" }
  }
  network_interface { network = "default" }
}
