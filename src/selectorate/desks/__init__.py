"""What registrar, trustee, scrutineer and voter do on their own machines: plain Python, without the office."""
