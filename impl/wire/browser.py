"""What a visitor's browser tells: pages, errors, screenshots."""

from __future__ import annotations

from datetime import datetime

from msgspec import field

from impl import model
from impl.wire.base import Answer, Shape
from impl.wire.files import url_of


class PageInfoRequest(Shape, frozen=True):
    visitor_id: str = field(name="ziyaretci_id")
    url: str = field(name="sayfa_url")
    title: str | None = field(name="sayfa_basligi", default=None)
    referrer: str | None = field(name="yonlendiren", default=None)


class PageView(Shape, frozen=True):
    id: int
    tenant_id: int = field(name="musteri_id")
    visitor_id: str = field(name="ziyaretci_id")
    url: str = field(name="sayfa_url")
    title: str | None = field(name="sayfa_basligi")
    referrer: str | None = field(name="yonlendiren")
    at: datetime = field(name="zaman")

    @classmethod
    def of(cls, view: model.PageView) -> PageView:
        return cls(view.id, view.tenant_id, view.visitor_id, view.url, view.title, view.referrer, view.at)


class PageInfoData(Shape, frozen=True):
    view: PageView = field(name="sayfa")


class PageInfoAnswer(Answer, frozen=True, kw_only=True):
    data: PageInfoData


class ErrorLogRequest(Shape, frozen=True):
    visitor_id: str = field(name="ziyaretci_id")
    message: str = field(name="mesaj")
    source: str | None = field(name="kaynak", default=None)
    line: int | None = field(name="satir", default=None)
    column: int | None = field(name="sutun", default=None)
    stack: str | None = field(name="yigin", default=None)
    page_url: str | None = field(name="sayfa_url", default=None)
    browser: str | None = field(name="tarayici", default=None)


class ErrorLog(Shape, frozen=True):
    id: int
    tenant_id: int = field(name="musteri_id")
    visitor_id: str = field(name="ziyaretci_id")
    message: str = field(name="mesaj")
    source: str | None = field(name="kaynak")
    line: int | None = field(name="satir")
    column: int | None = field(name="sutun")
    stack: str | None = field(name="yigin")
    page_url: str | None = field(name="sayfa_url")
    browser: str | None = field(name="tarayici")
    at: datetime = field(name="zaman")

    @classmethod
    def of(cls, error: model.ErrorLog) -> ErrorLog:
        return cls(
            error.id,
            error.tenant_id,
            error.visitor_id,
            error.message,
            error.source,
            error.line,
            error.column,
            error.stack,
            error.page_url,
            error.browser,
            error.at,
        )


class ErrorLogData(Shape, frozen=True):
    error: ErrorLog = field(name="hata")


class ErrorLogAnswer(Answer, frozen=True, kw_only=True):
    data: ErrorLogData


class ScreenshotRequest(Shape, frozen=True):
    visitor_id: str = field(name="ziyaretci_id")
    data_uri: str = field(name="goruntu")
    page_url: str | None = field(name="sayfa_url", default=None)


class Screenshot(Shape, frozen=True):
    id: int
    tenant_id: int = field(name="musteri_id")
    visitor_id: str = field(name="ziyaretci_id")
    media_type: str = field(name="tur")
    size: int = field(name="boyut")
    url: str
    page_url: str | None = field(name="sayfa_url")
    at: datetime = field(name="zaman")

    @classmethod
    def of(cls, shot: model.Screenshot) -> Screenshot:
        return cls(
            shot.id,
            shot.tenant_id,
            shot.visitor_id,
            shot.media_type,
            shot.size,
            url_of(shot.file_id),
            shot.page_url,
            shot.at,
        )


class ScreenshotData(Shape, frozen=True):
    screenshot: Screenshot = field(name="ekran_goruntusu")


class ScreenshotAnswer(Answer, frozen=True, kw_only=True):
    data: ScreenshotData
