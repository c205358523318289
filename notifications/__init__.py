"""What the bot says on its own: alerts, scheduled reports and their way out."""
