"""The words of the filter language: fields and values, each with its other names in English and Spanish.

Every name is compared folded (without case and accents), with dashes and underscores as blanks.
"""

import re
from collections.abc import Mapping
from enum import StrEnum

from hub import products
from hub.names import fold
from hub.statuses import Status


class Field(StrEnum):
    """What is chosen from values: `region:EU`."""

    STATUS = "status"
    PRODUCT = "product"
    REGION = "region"
    MANAGED = "managed"
    TYPE = "type"
    TAG = "tag"


class Measure(StrEnum):
    """What is compared with a number: `expires<30`."""

    EXPIRES = "expires"
    """Days to the earliest end among the active subscriptions and trials."""
    LICENSES = "licenses"
    ASSIGNED = "assigned"


EXAMPLES: Mapping[Field | Measure, str] = {
    Field.STATUS: "status:trial,expired",
    Field.PRODUCT: "product:calling",
    Field.REGION: "region:EU",
    Field.MANAGED: "managed:external",
    Field.TYPE: "type:trial",
    Field.TAG: "tag:gold",
    Measure.EXPIRES: "expires<30",
    Measure.LICENSES: "licenses>=100",
    Measure.ASSIGNED: "assigned<50%",
}

_KEYS: Mapping[Field | Measure, str] = {
    Field.STATUS: "status statuses estado estados",
    Field.PRODUCT: "product products producto productos",
    Field.REGION: "region regions regiones",
    Field.MANAGED: "managed gestionado administrado",
    Field.TYPE: "type tipo",
    Field.TAG: "tag tags etiqueta etiquetas",
    Measure.EXPIRES: "expires expiry vence vencen vencimiento caduca",
    Measure.LICENSES: "licenses licences licencias",
    Measure.ASSIGNED: "assigned asignadas asignado",
}

_VALUES: Mapping[Field, Mapping[str, str]] = {
    Field.STATUS: {
        Status.SUSPENDED: "suspended, suspendido, suspendida",
        Status.EXPIRED: "expired, vencido, vencida, caducado, caducada",
        Status.OVERAGE: "overage, licence overage, license overage, exceso, excedente",
        Status.EXPIRING: "expiring, expiring soon, por vencer, vence pronto",
        Status.SETUP: "setup, ready to set up, por configurar, configuracion",
        Status.INACTIVE: "inactive, no recent activity, inactivo, inactiva, sin actividad",
        Status.TRIAL: "trial, prueba",
        Status.SUBSCRIPTION: "subscription, suscripcion",
    },
    Field.PRODUCT: dict(
        zip(
            products.KNOWN,
            (
                "meetings, webex meetings, reuniones",
                "calling, webex calling, llamadas",
                "messaging, webex messaging, mensajeria",
                "real time translations, translations, traducciones en tiempo real, traducciones",
                "call on webex",
                "contact center, webex contact center, centro de contacto",
                "devices, dispositivos",
            ),
            strict=True,
        )
    ),
    Field.REGION: {
        "US": "us, usa, united states, ee. uu., ee.uu., eeuu, estados unidos",
        "CA": "ca, canada",
        "EU": "eu, europe, european union, ue, europa, union europea",
        "UAE": "uae, united arab emirates, eau, emiratos, emiratos arabes unidos",
    },
    Field.MANAGED: {"partner": "partner, socio", "external": "external, externo, externa"},
    Field.TYPE: {
        "subscription": "subscription, subscriptions, suscripcion, suscripciones",
        "trial": "trial, trials, prueba, pruebas",
    },
    Field.TAG: {},
}


def plain(word: str) -> str:
    """Bring a word to the form in which names are compared."""
    return " ".join(re.sub(r"[-_]", " ", fold(word)).split())


KEYS: Mapping[str, Field | Measure] = {name: key for key, names in _KEYS.items() for name in names.split()}
"""Every name of a field or measure → what it names."""

VALUES: Mapping[Field, Mapping[str, str]] = {
    field: {plain(name): value for value, names in values.items() for name in names.split(",")}
    for field, values in _VALUES.items()
}
"""For each field, every name of a value → the value as stored. Tags have none: any text is a tag."""
