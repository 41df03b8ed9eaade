"""Pictures and files: a diary's picture, the doctor's page, the wallet card (typst), and those of /export."""
