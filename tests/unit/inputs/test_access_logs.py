"""Requests are read from logs in every format that web servers write by themselves."""

import pytest

from sitemap_cli.inputs.access_logs import find_log_format, is_unknown_log

AGENT = '"-" "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"'
TIME = "[27/Nov/2026:10:00:00 +0000]"
W3C = [
    "#Software: Microsoft Internet Information Services 10.0",
    "#Version: 1.0",
    "#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(Host) sc-status",
]
CLOUDFRONT = [
    "#Version: 1.0",
    "#Fields: date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status x-host-header",
]
GET = ("GET", "/a", "200")


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([f'1.2.3.4 - - {TIME} "GET /a HTTP/1.1" 200 12'], GET),
        ([f'1.2.3.4 - - {TIME} "GET /a HTTP/1.1" 200 12 {AGENT}'], GET),
        ([f'1.2.3.4 - John Smith {TIME} "GET /a HTTP/2.0" 200 - {AGENT}'], GET),
        ([f'host.isp.example - - {TIME} "GET /a HTTP/1.1" 200 12'], GET),
        ([f'2001:db8::1 - - {TIME} "GET /a HTTP/1.1" 200 12'], GET),
        ([f'1.2.3.4 - - {TIME} "GET /a" 200 12'], GET),
        (
            [f'www.example.com:443 1.2.3.4 - - {TIME} "GET /a HTTP/1.1" 200 12 {AGENT}'],
            ("GET", "//www.example.com/a", "200"),
        ),
        (
            [f'example.com:8080 2001:db8::1 - - {TIME} "POST /a HTTP/1.1" 302 12'],
            ("POST", "//example.com:8080/a", "302"),
        ),
        ([*W3C, "2026-11-27 10:00:00 10.0.0.1 GET /a - 443 - 1.2.3.4 - 200"], GET),
        ([*W3C, "2026-11-27 10:00:00 10.0.0.1 GET /a x=1 443 - 1.2.3.4 - 404"], ("GET", "/a?x=1", "404")),
        (
            [
                *CLOUDFRONT,
                "2026-11-27\t10:00\tFRA\t1\t1.2.3.4\tGET\td1.cloudfront.net\t/a\t200\texample.com",
            ],
            ("GET", "//example.com/a", "200"),
        ),
        ([*CLOUDFRONT, "2026-11-27\t10:00:00\tFRA\t1\t1.2.3.4\tGET\td1.cloudfront.net\t/a\t200\t-"], GET),
        (['{"time":"x","request":"GET /a HTTP/1.1","status":200}'], GET),
        (['{"request_method":"GET","request_uri":"/a","status":"200","host":"web01"}'], GET),
        (
            ['{"request":{"method":"GET","host":"example.com","uri":"/a"},"status":200}'],
            ("GET", "//example.com/a", "200"),
        ),
        (
            ['{"RequestMethod":"GET","RequestPath":"/a","RequestHost":"example.com","DownstreamStatus":200}'],
            ("GET", "//example.com/a", "200"),
        ),
        (
            ['{"httpRequest":{"requestMethod":"GET","requestUrl":"https://example.com/a","status":200}}'],
            ("GET", "https://example.com/a", "200"),
        ),
    ],
)
def test_a_request_is_read(lines, expected):
    read = find_log_format(lines)
    assert read is not None
    assert [read(line) for line in lines][-1] == expected


@pytest.mark.parametrize(
    "lines",
    [
        ["https://example.com/a", "https://example.com/b"],
        ["url,status", "https://example.com/a,200"],
        ['{"url":"https://example.com/a","status":200}'],
        ["# Fields are separated by tabs", "https://example.com/a"],
        [],
    ],
)
def test_other_lists_are_no_logs(lines):
    assert find_log_format(lines) is None
    assert not is_unknown_log(lines)


def test_a_log_in_another_format_is_known_as_one():
    lines = ['10:00 "GET /a HTTP/1.1" took 3 ms'] * 3
    assert find_log_format(lines) is None
    assert is_unknown_log(lines)
