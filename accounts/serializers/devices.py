"""Devices that show notifications, as the API has them."""

from typing import Any

from rest_framework import serializers


class DeviceOut(serializers.Serializer[Any]):
    """A browser on a device, and when it last confirmed that it shows notifications."""

    id = serializers.UUIDField()
    name = serializers.CharField(source="label")
    created_at = serializers.DateTimeField()
    last_used_at = serializers.DateTimeField()


class DeviceListOut(serializers.Serializer[Any]):
    """The caller's devices, and the key that a browser has to be subscribed with."""

    public_key = serializers.CharField()
    devices = DeviceOut(many=True)


class DeviceKeysIn(serializers.Serializer[Any]):
    """What messages to a browser are encrypted with, as `PushSubscription.toJSON` has it."""

    p256dh = serializers.CharField(max_length=100)
    auth = serializers.CharField(max_length=40)


class DeviceIn(serializers.Serializer[Any]):
    """A browser's subscription, as `PushSubscription.toJSON` has it."""

    endpoint = serializers.CharField(max_length=1000)
    keys = DeviceKeysIn()


class RenewedDeviceIn(DeviceIn):
    """A browser's subscription that has taken the place of another one."""

    old_endpoint = serializers.CharField(max_length=1000)
