"""The public portal: a buyer turns a sale into an invoice, without an account."""
