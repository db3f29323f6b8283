from django.db import migrations, models

# What one open stage at most stood for, said of waves: none opens before the waves before it have
# passed. Stages of one wave open together.
WAVES = """
CREATE FUNCTION approvals_guard_wave() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.status = 'OPEN' AND NEW.wave > 1 AND EXISTS (
        SELECT FROM approvals_stage
        WHERE organization_id = NEW.organization_id AND request_id = NEW.request_id
          AND wave < NEW.wave AND status IN ('WAITING', 'OPEN')
    ) THEN
        RAISE EXCEPTION 'stages before this one have not passed'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_wave BEFORE INSERT OR UPDATE ON approvals_stage
    FOR EACH ROW EXECUTE FUNCTION approvals_guard_wave();
"""
WAVES_BACK = """
DROP TRIGGER guard_wave ON approvals_stage;
DROP FUNCTION approvals_guard_wave();
"""

# Stages have followed each other one by one so far. Neither row-level security nor the guard that
# keeps stages as they are stands in the way of giving a column its content by its type.
FILL = "ALTER TABLE approvals_stage ALTER COLUMN wave TYPE smallint USING number"

MODES = [("ANY", "ANY"), ("ALL", "ALL"), ("AT_LEAST", "AT_LEAST")]


class Migration(migrations.Migration):
    dependencies = [("approvals", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="stage",
            name="wave",
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.RunSQL(FILL, reverse_sql=migrations.RunSQL.noop),
        migrations.AlterField(
            model_name="stage",
            name="wave",
            field=models.PositiveSmallIntegerField(),
        ),
        migrations.AddField(
            model_name="stage",
            name="at_least",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        # A longer varchar is a change of the catalog alone.
        migrations.AlterField(
            model_name="stage",
            name="mode",
            field=models.CharField(choices=MODES, max_length=8),
        ),
        migrations.RemoveConstraint(model_name="stage", name="approval_stage_one_open"),
        migrations.AddConstraint(
            model_name="stage",
            constraint=models.CheckConstraint(
                condition=models.Q(wave__gte=1), name="approval_stage_wave_from_one"
            ),
        ),
        migrations.RunSQL(WAVES, reverse_sql=WAVES_BACK),
    ]
