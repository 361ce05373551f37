resource "azurerm_servicebus_queue" "q" {
  name         = "q"
  namespace_id = "ns"
  max_delivery_count = 5
}
resource "azurerm_servicebus_subscription" "s" {
  name     = "s"
  topic_id = "t"
  max_delivery_count = 5
}
