package io.grasp.samples.transfer;

import io.grasp.model.ObjectiveValue;
import io.grasp.samples.transfer.TransferEvent.Progress;
import io.grasp.samples.transfer.TransferEvent.Stored;
import io.grasp.samples.transfer.TransferException.Reason;
import io.grasp.samples.transfer.TransferMessages.Chunk;
import io.grasp.samples.transfer.TransferMessages.End;
import io.grasp.samples.transfer.TransferMessages.Failure;
import io.grasp.samples.transfer.TransferMessages.Header;
import io.grasp.samples.transfer.TransferMessages.Item;
import io.grasp.samples.transfer.TransferMessages.Working;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Writes the items of a transfer to a file. */
final class FileReceiver {
    private final FileName name;
    private final Path target;
    private final PartialFile file;
    private final TransferLimits limits;
    private @Nullable Header header;

    FileReceiver(FileName name, Path target, PartialFile file, TransferLimits limits) {
        this.name = name;
        this.target = target;
        this.file = file;
        this.limits = limits;
    }

    /** {@return what happens when an item is taken, which writes the disk; empty if nothing does} */
    Optional<TransferEvent> accept(ObjectiveValue value) {
        Item item = TransferMessages.read(value);
        Header begun = header;
        if (item instanceof Failure failure) {
            throw failure.exception();
        } else if (begun == null && item instanceof Header first) {
            begin(first);
            return Optional.of(progress(first));
        } else if (begun == null && item instanceof Working) {
            return Optional.empty();
        } else if (begun != null
                && item instanceof Chunk chunk
                && file.length() + chunk.bytes().length <= begun.size()) {
            file.write(chunk.bytes());
            return Optional.of(progress(begun));
        } else if (begun != null && item instanceof End end && file.length() == begun.size()) {
            String sha256 = file.finish(end.sha256());
            return Optional.of(new Stored(name, target, begun.size(), begun.offset(), sha256, true));
        }
        throw unexpected();
    }

    private void begin(Header first) {
        limits.require(first.size());
        if (first.offset() != 0 && first.offset() != file.length() || first.offset() > first.size()) {
            throw unexpected();
        }
        if (first.offset() == 0 && file.length() > 0) {
            file.restart();
        }
        file.requireRoom(first.size());
        header = first;
    }

    private Progress progress(Header of) {
        return new Progress(name, file.length(), OptionalLong.of(of.size()));
    }

    private static TransferException unexpected() {
        return new TransferException(Reason.INVALID, "The peer has sent an unexpected message");
    }
}
