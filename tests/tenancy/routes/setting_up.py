"""Setting up an organization, training, and devices."""

from tests.tenancy.routes.doors import ADAM, BOB, EVERYBODY, Door, both, get, post

PAGES: tuple[Door, ...] = (
    # Setting up
    get("setup:guide", ADAM),
    *both("setup:organization", ADAM),
    *both("setup:working-hours", ADAM),
    post("setup:set-calendar-day", ADAM),
    post("setup:remove-calendar-day", ADAM),
    post("setup:skip", ADAM),
    post("setup:close", ADAM),
    # Training: read by everybody, written by those who manage everybody
    get("training:own", *EVERYBODY),
    *both("training:page", *EVERYBODY),
    get("training:manage", ADAM),
    post("training:starters", ADAM),
    *both("training:create", ADAM),
    *both("training:revise", ADAM),
    *both("training:require", ADAM),
    post("training:end-requirement", ADAM),
    post("training:archive", ADAM),
    get("training:due", ADAM),
    get("training:due-csv", ADAM),
    # Devices that show notifications: each to their own
    get("devices:list", *EVERYBODY),
    post("devices:end", BOB),
    post("devices:try", BOB),
)

API: tuple[Door, ...] = (
    get("api:accounts:organization", ADAM),
    Door("PATCH", "api:accounts:organization", (ADAM,)),
    get("api:accounts:working-hours", ADAM),
    Door("PUT", "api:accounts:working-hours", (ADAM,)),
    get("api:accounts:setup", ADAM),
    Door("PATCH", "api:accounts:setup", (ADAM,)),
    get("api:accounts:devices", *EVERYBODY),
    post("api:accounts:devices", *EVERYBODY),
    Door("DELETE", "api:accounts:device", (BOB,)),
    get("api:accounts:training", *EVERYBODY),
    get("api:accounts:training-due", ADAM),
    *both("api:accounts:training-pages", ADAM),
    get("api:accounts:training-page", *EVERYBODY),
    Door("PUT", "api:accounts:training-page", (ADAM,)),
    Door("PUT", "api:accounts:training-archived", (ADAM,)),
    Door("PUT", "api:accounts:training-requirement", (ADAM,)),
    Door("DELETE", "api:accounts:training-requirement", (ADAM,)),
    post("api:accounts:training-acknowledgements", *EVERYBODY),
)
