"""Access to Webex that is renewed while the service runs."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from storage.types import UtcDateTime


class Credential(SQLModel, table=True):
    """Tokens as last renewed. What opens anything is only in `sealed`, encrypted."""

    name: str = Field(primary_key=True, description="whose: administrator")
    given: str = Field(
        description="fingerprint of the configured refresh token they come from; another one replaces them"
    )
    sealed: str = Field(description="access and refresh token, encrypted with a key made of the client secret")
    renewed_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime, description="of the access token")
    refresh_expires_at: datetime | None = Field(default=None, sa_type=UtcDateTime, description="None: not told")
