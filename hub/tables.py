"""The partner's tables as SQL expressions see them: definitions are composed from their columns."""

from sqlmodel import SQLModel

from storage import tables

_of = SQLModel.metadata.tables

customer = _of[str(tables.Customer.__tablename__)]
subscription = _of[str(tables.Subscription.__tablename__)]
licence = _of[str(tables.Licence.__tablename__)]
snapshot = _of[str(tables.Snapshot.__tablename__)]
customer_tag = _of[str(tables.CustomerTag.__tablename__)]
subscription_tag = _of[str(tables.SubscriptionTag.__tablename__)]
departed = _of[str(tables.Departed.__tablename__)]
assignment = _of[str(tables.Assignment.__tablename__)]
held_customer = _of[str(tables.HeldCustomer.__tablename__)]
touched = _of[str(tables.Touched.__tablename__)]
licence_week = _of[str(tables.LicenceWeek.__tablename__)]
licence_week_total = _of[str(tables.LicenceWeekTotal.__tablename__)]
licence_week_built = _of[str(tables.LicenceWeekBuilt.__tablename__)]
calling_week = _of[str(tables.CallingWeek.__tablename__)]
calling_total = _of[str(tables.CallingTotal.__tablename__)]
calling_reading = _of[str(tables.CallingReading.__tablename__)]
changed_customer = _of[str(tables.ChangedCustomer.__tablename__)]
outlook = _of[str(tables.Outlook.__tablename__)]
outline = _of[str(tables.Outline.__tablename__)]
running = _of[str(tables.RunningLicence.__tablename__)]
ratio_count = _of[str(tables.RatioCount.__tablename__)]
