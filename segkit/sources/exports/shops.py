"""Orders and payments: Shopify, WooCommerce, Stripe.

Formats: Shopify's order and customer CSV (Admin, Orders or Customers, Export); WooCommerce by the
plugins "Order Export & Order Import" and "Advanced Order Export"; Stripe's payments and balance
exports and its itemised balance report.
"""

from segkit.sources.exports.export import Export

_WOO_SALES = ("completed", "processing", "wc-completed", "wc-processing")
_STRIPE_SALES = ("Paid", "Succeeded", "Partially refunded", "partially_refunded")
_ORDER = ("customer_id", "order_id", "order_date")

SHOPS = (
    Export(
        name="Shopify orders",
        kind="transactions",
        told_by=("Name", "Email", "Financial Status", "Fulfillment Status"),
        columns={
            "customer_id": ("Email",),
            "order_id": ("Name",),
            "order_date": ("Created at",),
            "product_id": ("Lineitem sku", "Lineitem name"),
            "quantity": ("Lineitem quantity",),
            "unit_price": ("Lineitem price",),
            "order_discount": ("Discount Amount",),
            "order_refund": ("Refunded Amount",),
        },
        required=(*_ORDER, "quantity", "unit_price"),
        email=("Email",),
        once_an_order=("Email", "Created at", "Financial Status"),
        status=("Financial Status",),
        sales=("paid", "partially_paid", "partially_refunded"),
        currency=("Currency",),
        words=(
            "amounts are quantity times price less the line's part of its order's discount and refund, "
            "in proportion to what each line cost; shipping and taxes on top don't count",
            "a refund has no date of its own here: it counts on the order's day",
            "its times carry an offset and are turned into the study's timezone, UTC unless stated",
        ),
    ),
    Export(
        name="Shopify customers",
        kind="customers",
        told_by=("Customer ID", "Email", "Accepts Email Marketing"),
        columns={"customer_id": ("Email",)},
        required=("customer_id",),
        email=("Email",),
        words=("its key is the address, since Shopify's orders name no customer id",),
    ),
    Export(
        name="WooCommerce orders (Advanced Order Export)",
        kind="transactions",
        told_by=("Order Number", "Order Status", "Email (Billing)"),
        columns={
            "customer_id": ("Email (Billing)",),
            "order_id": ("Order Number",),
            "order_date": ("Order Date", "Paid Date", "Completed Date"),
            "product_id": ("SKU", "Item Name"),
            "quantity": ("Quantity",),
            "unit_price": ("Item Cost",),
            "order_refund": ("Order Refund Amount",),
        },
        required=(*_ORDER, "quantity", "unit_price"),
        email=("Email (Billing)",),
        once_an_order=("Email (Billing)", "Order Date", "Paid Date", "Completed Date", "Order Status"),
        status=("Order Status",),
        sales=_WOO_SALES,
        left_out={
            "Cart Discount Amount": "whether 'Item Cost' is before it depends on the shop's settings; "
            "where it is, map it as order_discount",
        },
        words=("guests have no customer id in WooCommerce, so the key is the billing address",),
    ),
    Export(
        name="WooCommerce orders (Order Export & Order Import)",
        kind="transactions",
        told_by=("order_id", "order_number|order_number_formatted", "billing_email", "order_total"),
        columns={
            "customer_id": ("billing_email",),
            "order_id": ("order_id",),
            "order_date": ("date", "order_date"),
            "amount": ("order_total",),
            "discount": ("cart_discount",),
        },
        required=(*_ORDER, "amount"),
        email=("billing_email",),
        status=("status",),
        sales=_WOO_SALES,
        currency=("order_currency",),
        words=(
            "one line per order: its total with shipping and taxes is the amount, and products are "
            "not read from it",
            "guests have customer id 0 in WooCommerce, so the key is the billing address",
        ),
    ),
    Export(
        name="Stripe payments",
        kind="transactions",
        told_by=("id", "Created (UTC)|Created date (UTC)", "Amount", "Amount Refunded", "Status"),
        columns={
            "customer_id": ("Customer ID", "Customer Email"),
            "order_id": ("id",),
            "order_date": ("Created (UTC)", "Created date (UTC)"),
            "amount": ("Converted Amount", "Amount"),
            "order_refund": ("Converted Amount Refunded", "Amount Refunded"),
        },
        required=(*_ORDER, "amount"),
        email=("Customer Email",),
        status=("Status",),
        sales=_STRIPE_SALES,
        currency=("Converted Currency", "Currency"),
        utc=True,
        words=(
            "one line per payment, in units of its currency, not in cents; what was paid back of it is "
            "taken off, on the payment's day",
        ),
    ),
    Export(
        name="Stripe balance",
        kind="transactions",
        told_by=("balance_transaction_id", "created_utc|created", "gross", "reporting_category"),
        columns={
            "customer_id": ("customer_id", "customer_email"),
            "order_id": ("charge_id", "source_id", "balance_transaction_id"),
            "order_date": ("created_utc", "created"),
            "amount": ("gross",),
        },
        required=(*_ORDER, "amount"),
        email=("customer_email",),
        status=("reporting_category",),
        sales=("charge", "refund"),
        currency=("currency",),
        utc=True,
        words=("refunds are lines of their own with a negative amount: they count as returns",),
    ),
    Export(
        name="Stripe balance history",
        kind="transactions",
        told_by=("id", "Type", "Source", "Amount", "Fee", "Net", "Created (UTC)"),
        columns={
            "customer_id": ("Customer ID", "Customer Email"),
            "order_id": ("Source",),
            "order_date": ("Created (UTC)",),
            "amount": ("Amount",),
        },
        required=(*_ORDER, "amount"),
        email=("Customer Email",),
        status=("Type",),
        sales=("charge", "payment", "refund", "payment_refund"),
        currency=("Currency",),
        utc=True,
        words=("refunds are lines of their own with a negative amount: they count as returns",),
    ),
)
