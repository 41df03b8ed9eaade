"""What is drawn: pictures of a diary, the page for the doctor, the wallet card, with typst."""
