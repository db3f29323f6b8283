"""The API of the caller's own devices that show notifications."""

from uuid import UUID

from django.conf import settings
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import selectors, services
from accounts.devices import label_of
from accounts.serializers.devices import DeviceIn, DeviceListOut, DeviceOut
from accounts.services import BrowserSubscription
from accounts.web import org_request
from procurement.core import clock


class DeviceList(APIView):
    """The caller's devices."""

    @extend_schema(operation_id="devices_list", responses=DeviceListOut)
    def get(self, request: Request) -> Response:
        """List the devices that show the caller's notifications; there are twenty at most."""
        devices = selectors.own_devices(org_request(request).actor)
        return Response(
            DeviceListOut({"public_key": settings.VAPID_PUBLIC_KEY, "devices": devices}).data
        )

    @extend_schema(
        operation_id="devices_subscribe",
        request=DeviceIn,
        responses={status.HTTP_201_CREATED: DeviceOut},
    )
    def post(self, request: Request) -> Response:
        """Show the caller's notifications on a device; the same one twice is one device."""
        given = DeviceIn(data=request.data)
        given.is_valid(raise_exception=True)
        device = services.subscribe_device(
            actor=org_request(request).actor,
            browser=BrowserSubscription(
                given.validated_data["endpoint"], **given.validated_data["keys"]
            ),
            label=label_of(request.headers.get("User-Agent", "")),
            now=clock.now(),
        )
        return Response(DeviceOut(device).data, status=status.HTTP_201_CREATED)


class DeviceDetail(APIView):
    """One of the caller's devices."""

    @extend_schema(operation_id="devices_end", responses={status.HTTP_204_NO_CONTENT: None})
    def delete(self, request: Request, subscription_id: UUID) -> Response:
        """Show nothing on it any more."""
        services.end_device(
            actor=org_request(request).actor, subscription_id=subscription_id, now=clock.now()
        )
        return Response(status=status.HTTP_204_NO_CONTENT)
