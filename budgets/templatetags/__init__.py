"""What templates of budgets need."""
