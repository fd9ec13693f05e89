"""The browser of the browser tests, for the pages of staff."""

from tests.browser.conftest import browser as browser
from tests.browser.conftest import site as site
