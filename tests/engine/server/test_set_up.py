"""The address of a server, its key, and a chat template that the student names."""

import os
from pathlib import Path

import pytest

from tests.engine.server.conftest import KEY, Connect, MakeFake, access_to, branch, prompt
from tests.support.models import CHATML
from tests.support.patience import SECONDS
from tests.support.questions import question
from tutor.cli.model_choice import ModelChoice
from tutor.engine import EngineState, ModelRefused
from tutor.engine.server.client import ServerEngine, ServerSpec
from tutor.engine.server.http_client import ServerRefused, access
from tutor.engine.server.render_template import frame_of
from tutor.grader import open_engine, open_grading
from tutor.profile import Profile


@pytest.mark.parametrize(
    ("url", "base"),
    [
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080/"),
        ("http://localhost:8080/v1/", "http://localhost:8080/"),
        ("https://[::1]:9/some/path/v1", "https://[::1]:9/some/path"),
        (" http://127.8.9.1 ", "http://127.8.9.1/"),
    ],
)
def test_loopback_is_allowed(url: str, base: str) -> None:
    server = access(url, anywhere=False, key=None)
    assert str(server.base) == base
    assert server.local


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org",
        "https://10.0.0.1:8000",
        "http://localhost.example.org",
        "http://127.0.0.1.example.org",
        "http://0.0.0.0:8080",
        "http://[2001:db8::1]/",
        "http://2130706433",
    ],
)
def test_another_machine_is_allowed_only_by_the_settings(url: str) -> None:
    with pytest.raises(ServerRefused, match="another machine") as raised:
        access(url, anywhere=False, key=None)
    assert "server_anywhere = true" in raised.value.remedy
    assert not access(url, anywhere=True, key=None).local


@pytest.mark.parametrize(
    ("url", "message", "remedy"),
    [
        *(
            (url, "is not a server address", "http://127.0.0.1:8080")
            for url in ("", "nonsense", "ftp://127.0.0.1", "http://", "http://127.0.0.1/?a=b", "/x")
        ),
        (f"http://me:{KEY}@127.0.0.1", "a user name or password", "TUTOR_SERVER_KEY"),
    ],
)
def test_an_invalid_address_is_refused_and_a_password_in_it_not_repeated(
    url: str, message: str, remedy: str
) -> None:
    with pytest.raises(ServerRefused, match=message) as raised:
        access(url, anywhere=True, key=None)
    assert remedy in raised.value.remedy
    assert KEY not in raised.value.message + raised.value.remedy


def test_a_key_is_sent_to_another_machine_only_encrypted() -> None:
    with pytest.raises(ServerRefused, match="unencrypted"):
        access("http://example.org", anywhere=True, key=KEY)
    assert access("https://example.org", anywhere=True, key=KEY).key == KEY


@pytest.mark.parametrize("key", ["ключ", f"{KEY}\n", f"{KEY}\u200b"])
def test_a_key_that_cannot_be_sent_is_refused(key: str) -> None:
    with pytest.raises(ServerRefused, match="the key has characters") as raised:
        access("https://example.org", anywhere=True, key=key)
    assert KEY not in raised.value.message


@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:9", "socks4://127.0.0.1:9", "http://[::1"])
def test_a_proxy_that_cannot_be_used_is_reported(
    monkeypatch: pytest.MonkeyPatch, proxy: str
) -> None:
    monkeypatch.setenv("ALL_PROXY", proxy)
    engine = ServerEngine(ServerSpec(access("http://10.0.0.1", anywhere=True, key=None), ()))
    engine.start()
    try:
        with pytest.raises(ServerRefused, match="proxy") as raised:
            engine.wait_until_ready(SECONDS)
        assert "ALL_PROXY" in raised.value.remedy
        assert engine.status.state is EngineState.FAILED
    finally:
        engine.close()


def test_only_the_server_sees_the_key(connect: Connect, fake: MakeFake) -> None:
    server = fake(key=KEY)
    with pytest.raises(ServerRefused, match="Invalid API key") as refused:
        connect(server.url).wait_until_ready(SECONDS)
    assert "TUTOR_SERVER_KEY" in refused.value.remedy
    engine = connect(server.url, key=KEY)
    engine.wait_until_ready(SECONDS)
    server.fault = "unauthorised"
    with pytest.raises(ServerRefused, match="wrong key …") as raised:
        engine.score(prompt("Ja."), [branch()])
    shown = f"{raised.value!r} {raised.value.remedy} {access_to(server.url, KEY)} {engine.status}"
    assert KEY not in shown


def test_a_server_on_this_machine_is_reached_without_a_proxy(
    connect: Connect, fake: MakeFake, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy = fake()
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, proxy.url)
    connect(fake().url).wait_until_ready(SECONDS)
    assert proxy.asked == []


def test_a_model_file_replaces_the_server_of_the_settings(
    fake: MakeFake, monkeypatch: pytest.MonkeyPatch, dense_model: Path
) -> None:
    monkeypatch.setenv("TUTOR_SERVER", fake(key=KEY).url)
    environment = {**os.environ, "TUTOR_SERVER_KEY": KEY}
    profile = Profile(environment, {})
    engine = open_engine(profile)
    assert isinstance(engine, ServerEngine)
    try:
        assert engine.wait_until_ready(SECONDS).architecture == "llama-server"
    finally:
        engine.close()
    chosen = ModelChoice(model=dense_model).arguments
    for other in (profile.with_model(dense_model), Profile(environment, chosen)):
        assert not other.settings.server
        assert other.settings.model == dense_model


def test_a_server_that_is_not_allowed_is_reported_and_key_terms_grade(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TUTOR_SERVER", "http://example.org")
    grading = open_grading(Profile(os.environ, {}))
    assert grading.status.state is EngineState.FAILED
    assert "another machine" in grading.status.detail
    assert "server_anywhere" in grading.status.remedy
    assert grading.grade(question(), "Выбирают 15 %.", "ru").grader.name == "terms"
    monkeypatch.setenv("TUTOR_SERVER_ANYWHERE", "true")
    monkeypatch.setenv("TUTOR_SERVER", "http://127.0.0.1:9")
    grading = open_grading(Profile(os.environ, {}), strict=True)
    try:
        graded = grading.grade(question(), "Выбирают 15 %.", "ru")
        assert graded.grader.name == "terms"
        assert "cannot be reached" in graded.remark
    finally:
        grading.close()


def test_a_template_is_read_from_a_file_or_a_model(tmp_path: Path, model: Path) -> None:
    file = tmp_path / "template.jinja"
    file.write_text(CHATML, encoding="utf-8")
    frame = frame_of(file)
    assert frame == frame_of(model)
    assert frame.head == "<|im_start|>system\n"


def test_nothing_in_the_current_folder_is_run_to_read_a_template(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark = tmp_path / "ran"
    for name in ("jinja2", "pydantic", "json"):
        (tmp_path / f"{name}.py").write_text(f"open({str(mark)!r}, 'w').close()")
    (tmp_path / "template.jinja").write_text(CHATML, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert frame_of(tmp_path / "template.jinja").head == "<|im_start|>system\n"
    assert not mark.exists()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"{% for x in %}", "cannot be used"),
        (b"no texts", "cannot be used"),
        (b"\xff", "cannot be read"),
    ],
)
def test_an_unusable_template_is_refused(tmp_path: Path, text: bytes, message: str) -> None:
    file = tmp_path / "template.jinja"
    file.write_bytes(text)
    with pytest.raises(ModelRefused, match=message):
        frame_of(file)


def test_a_template_that_never_ends_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "template.jinja"
    loop = "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"
    file.write_text(loop, encoding="utf-8")
    with pytest.raises(ModelRefused, match="never ends"):
        frame_of(file, seconds=1.0)
    with pytest.raises(ModelRefused, match="cannot be read"):
        frame_of(tmp_path / "none.jinja")
