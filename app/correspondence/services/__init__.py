"""Letters from draft to delivery, and plain notices by mail.

A letter: `draft` → `revise`… → `approve` (its content is frozen) → `request_signature` (number;
a job renders and signs it, then tells the instance `letter_signed`) → `register` → `send` (a job
mails it, then tells the instance `letter_sent`) or, by post, `mark_posted` → `mark_delivered` or
`mark_returned`. Until it leaves it may be taken back by `recall`, and keeps its number; what nobody
needs any longer is put aside by `discard`. A notice: `notify`, whatever the channel.
"""

from app.correspondence.policy import TAKES_SIGNATURES as TAKES_SIGNATURES
from app.correspondence.services.drafting import approval_holds as approval_holds
from app.correspondence.services.drafting import approve as approve
from app.correspondence.services.drafting import compose as compose
from app.correspondence.services.drafting import draft as draft
from app.correspondence.services.drafting import revise as revise
from app.correspondence.services.drafting import send_back as send_back
from app.correspondence.services.leaving import discard as discard
from app.correspondence.services.leaving import go_by_post as go_by_post
from app.correspondence.services.leaving import let_go_on as let_go_on
from app.correspondence.services.leaving import mark_delivered as mark_delivered
from app.correspondence.services.leaving import mark_posted as mark_posted
from app.correspondence.services.leaving import mark_returned as mark_returned
from app.correspondence.services.leaving import mark_sent as mark_sent
from app.correspondence.services.leaving import mark_undelivered as mark_undelivered
from app.correspondence.services.leaving import recall as recall
from app.correspondence.services.leaving import send as send
from app.correspondence.services.leaving import send_again as send_again
from app.correspondence.services.looking import OF_KEY as OF_KEY
from app.correspondence.services.looking import expect_letters as expect_letters
from app.correspondence.services.looking import halted as halted
from app.correspondence.services.looking import letter as letter
from app.correspondence.services.looking import letters as letters
from app.correspondence.services.looking import preview as preview
from app.correspondence.services.notifying import notify as notify
from app.correspondence.services.rows import SYSTEM as SYSTEM
from app.correspondence.services.rows import locked_row as locked_row
from app.correspondence.services.signing import add_signature as add_signature
from app.correspondence.services.signing import mark_signed as mark_signed
from app.correspondence.services.signing import register as register
from app.correspondence.services.signing import request_signature as request_signature
from app.correspondence.services.signing import waits_for_outside as waits_for_outside
from app.correspondence.shapes import Addressee as Addressee
from app.correspondence.shapes import Composition as Composition
from app.correspondence.shapes import LetterView as LetterView
