"""A CFDI's life: issue, seal, stamp, deliver, recover."""
