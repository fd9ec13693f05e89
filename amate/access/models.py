"""People and keys. Directory tables without policy: they are read before a company's scope can exist (DECISIONS A5)."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import Q

from amate.companies.models import Company


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str, **more: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **more)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser, PermissionsMixin):
    email = models.EmailField(unique=True)
    nombre = models.CharField(max_length=120, blank=True, default="")
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    date_joined = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    objects: ClassVar[UserManager] = UserManager()

    def __str__(self) -> str:
        return self.email


class Role(models.TextChoices):
    OWNER = "owner", "Dueño"
    ADMIN = "admin", "Administración"
    ACCOUNTANT = "accountant", "Contabilidad"
    COLLECTOR = "collector", "Cobranza"
    CASHIER = "cashier", "Caja"
    SUPPORT = "support", "Soporte"


class Membership(models.Model):
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "company"], name="one_membership_a_company")]

    def __str__(self) -> str:
        return f"{self.user_id}@{self.company_id}:{self.role}"


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self) -> "InvitationQuerySet":
        """Neither accepted nor taken back; it may have expired."""
        return self.filter(accepted_at__isnull=True, revoked_at__isnull=True)


class Invitation(models.Model):
    """A way into a company for whoever reads that mailbox. Of the link only the SHA-256 is kept, and a seed from which
    the worker makes it again with the installation's secret."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField()
    role = models.CharField(max_length=20, choices=Role.choices)
    invited_by = models.EmailField()
    seed = models.CharField(max_length=64)
    token_digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    objects: ClassVar = models.Manager.from_queryset(InvitationQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "email"],
                condition=Q(accepted_at__isnull=True, revoked_at__isnull=True),
                name="one_open_invitation",
            )
        ]

    def __str__(self) -> str:
        return f"{self.email}@{self.company_id}:{self.role}"


class ApiKey(models.Model):
    """A program's key. Only its SHA-256 is kept: 32 random bytes need no slow hash."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="api_keys")
    name = models.CharField(max_length=120)
    prefix = models.CharField(max_length=16)
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField()
    last_used_on = models.DateField(null=True)
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.prefix


class EntryRule(models.Model):
    """Which roles of a company enter only with a second step. Read before a scope is opened: it decides whether one is."""

    company = models.OneToOneField(Company, on_delete=models.CASCADE, primary_key=True, related_name="entry_rule")
    roles = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"{self.company_id}:{','.join(self.roles)}"


class SigningKey(models.Model):
    """One row: the fingerprint of the secret that signs sessions and links. See `signing_key.py`."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    fingerprint = models.CharField(max_length=64)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_signing_key")]

    def __str__(self) -> str:
        return self.fingerprint
