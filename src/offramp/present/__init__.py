"""From results to tables, figures and reports. Takes results, computes nothing."""
