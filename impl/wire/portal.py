"""The portal: its session, projects, and the widget's settings."""

from __future__ import annotations

from datetime import datetime

from msgspec import field

from impl import model
from impl.rules.projects import COLOR
from impl.wire.base import Answer, Shape
from impl.wire.people import ROLES, TenantTab


class PortalUser(Shape, frozen=True):
    id: int
    name: str = field(name="ad")
    email: str

    @classmethod
    def of(cls, operator: model.Operator) -> PortalUser:
        return cls(operator.id, operator.name, operator.email)


class PortalSignInData(Shape, frozen=True):
    signed_in: bool = field(name="giris_yapildi")
    operator: PortalUser | None
    active_tenant_id: int | None = field(name="aktif_musteri_id")


class PortalSignInAnswer(Answer, frozen=True, kw_only=True):
    data: PortalSignInData

    @classmethod
    def of(cls, operator: model.Operator | None, active_tenant_id: int | None) -> PortalSignInAnswer:
        shown = None if operator is None else PortalUser.of(operator)
        return cls(data=PortalSignInData(operator is not None, shown, active_tenant_id))


class ProjectsData(Shape, frozen=True):
    tenants: list[TenantTab] = field(name="musteriler")
    active_tenant_id: int | None = field(name="aktif_musteri_id")


class ProjectsAnswer(Answer, frozen=True, kw_only=True):
    data: ProjectsData


class ProjectChosenData(Shape, frozen=True):
    tenant: TenantTab = field(name="musteri")
    active_tenant_id: int | None = field(name="aktif_musteri_id")


class ProjectChosenAnswer(Answer, frozen=True, kw_only=True):
    data: ProjectChosenData


class Project(Shape, frozen=True):
    id: int
    name: str = field(name="firma_adi")
    logo_url: str | None
    color: str = field(name="renk_primary")
    role: str = field(name="rol")
    api_key: str
    trial_ends_at: datetime | None = field(name="deneme_bitis")
    trial_over: bool = field(name="deneme_bitti")

    @classmethod
    def of(cls, tenant: model.Tenant, membership: model.Membership, trial_over: bool) -> Project:
        return cls(
            tenant.id,
            tenant.name,
            tenant.logo_url,
            tenant.color,
            ROLES[membership.role],
            tenant.api_key,
            tenant.trial_ends_at,
            trial_over,
        )


class MyProjectsData(Shape, frozen=True):
    projects: list[Project] = field(name="musteriler")
    left: int = field(name="kalan_hak")


class MyProjectsAnswer(Answer, frozen=True, kw_only=True):
    data: MyProjectsData


class NewProjectFormData(Shape, frozen=True):
    trial_days: int = field(name="deneme_gun")
    left: int = field(name="kalan_hak")
    color: str = field(name="renk_primary")


class NewProjectFormAnswer(Answer, frozen=True, kw_only=True):
    data: NewProjectFormData


class CreateProjectRequest(Shape, frozen=True):
    name: str = field(name="firma_adi")
    color: str = field(name="renk_primary", default=COLOR)


class NewProjectData(Shape, frozen=True):
    project: Project = field(name="musteri")
    api_key: str
    api_secret: str


class NewProjectAnswer(Answer, frozen=True, kw_only=True):
    data: NewProjectData


class OriginRequest(Shape, frozen=True):
    origin: str


class OriginsData(Shape, frozen=True):
    tenant_id: int = field(name="musteri_id")
    origins: list[str] = field(name="izinli_originler")


class OriginsAnswer(Answer, frozen=True, kw_only=True):
    data: OriginsData

    @classmethod
    def of(cls, tenant: model.Tenant) -> OriginsAnswer:
        return cls(data=OriginsData(tenant.id, list(tenant.allowed_origins)))


class WidgetSettingsData(Shape, frozen=True):
    tenant_id: int = field(name="musteri_id")
    name: str = field(name="firma_adi")
    api_key: str
    embed_code: str = field(name="gomme_kodu")
    origins: list[str] = field(name="izinli_originler")
    secure_mode: bool = field(name="guvenli_mod")


class WidgetSettingsAnswer(Answer, frozen=True, kw_only=True):
    data: WidgetSettingsData
