"""Work on many rows, done in chunks that survive a `kill -9`.

PostgreSQL is the truth: a `Job` row holds what is to be done and a cursor. A *runner* does one
chunk in a transaction and moves the cursor in the same transaction; the worker that dies takes
nothing with it but an uncommitted chunk. Whoever works on a job holds a lease that each chunk
renews; `contacts.tasks.sweep_jobs` gives a job whose lease ran out to another worker, and each
chunk checks that the lease is still its own, so that two workers never interleave.

    @runner("bulk_label")
    class AddLabel(Runner):
        def chunk(self) -> bool: ...      # do some, move self.job.cursor; True while more is left

    start(job)                            # a fact in the journal, and a poke after the commit
"""

from contacts.jobs.registry import Refused, Runner, runner
from contacts.jobs.running import run_job
from contacts.jobs.starting import cancel, start

__all__ = ["Refused", "Runner", "cancel", "run_job", "runner", "start"]
