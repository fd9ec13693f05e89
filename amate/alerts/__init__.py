"""What keeps invoices or mails from leaving is told to the people who can mend it, without their looking."""
