from django.db import migrations

_GUARD = """
CREATE FUNCTION orders_guard_placing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM orders_requisition r
        JOIN approvals_approvalrequest a
          ON a.organization_id = r.organization_id AND a.subject_kind = 'requisition'
         AND a.subject_id = r.id AND a.content_hash = r.content_hash
        WHERE r.organization_id = NEW.organization_id AND r.id = NEW.requisition_id
          AND a.status = 'APPROVED'
    ) THEN
        RAISE EXCEPTION 'what this order asks for has not been approved'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_placing BEFORE INSERT ON orders_purchaseorder
    FOR EACH ROW EXECUTE FUNCTION orders_guard_placing();

CREATE FUNCTION orders_guard_placed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM orders_purchaseorder
        WHERE organization_id = NEW.organization_id AND requisition_id = NEW.id
    ) THEN
        RAISE EXCEPTION 'an order is placed by its purchase orders'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_placed BEFORE UPDATE OF status ON orders_requisition
    FOR EACH ROW WHEN (NEW.status = 'PLACED' AND OLD.status <> 'PLACED')
    EXECUTE FUNCTION orders_guard_placed();
"""

_UNGUARD = """
DROP TRIGGER guard_placed ON orders_requisition;
DROP FUNCTION orders_guard_placed();
DROP TRIGGER guard_placing ON orders_purchaseorder;
DROP FUNCTION orders_guard_placing();
"""


class Migration(migrations.Migration):
    """No order is placed without its approvals, whoever writes.

    Adding a trigger locks a table for a moment and reads none of its rows; what was placed before
    stays as it is.
    """

    dependencies = [
        ("approvals", "0001_initial"),
        ("orders", "0001_initial"),
    ]

    operations = [migrations.RunSQL(_GUARD, _UNGUARD)]
