"""The backend of Çözüm Merkezi: the application that `openapi.yaml` describes."""
