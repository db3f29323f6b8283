"""What every app stands on: tenancy, money, locking, jobs, errors. No concrete models."""
