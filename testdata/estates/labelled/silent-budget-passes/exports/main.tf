resource "google_billing_budget" "exports" {
  billing_account = "000000-000000-000000"
  display_name    = "exports"

  amount {
    specified_amount {
      currency_code = "EUR"
      units         = "800"
    }
  }

  threshold_rules {
    threshold_percent = 0.8
  }
}
