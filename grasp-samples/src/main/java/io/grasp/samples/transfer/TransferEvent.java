package io.grasp.samples.transfer;

import java.nio.file.Path;
import java.util.OptionalLong;

/** The progress of a transfer to this node. */
public sealed interface TransferEvent {
    /** {@return the name that was requested} */
    FileName name();

    /**
     * More of the file has been written to the disk, under a temporary name.
     *
     * @param name the name that was requested
     * @param bytes the number of bytes that have been written, with those of an earlier attempt
     * @param size the length of the file, empty if the peer does not send it, as graspy
     */
    record Progress(FileName name, long bytes, OptionalLong size) implements TransferEvent {}

    /**
     * The file is complete and has its name.
     *
     * @param name the name that was requested
     * @param file the local file
     * @param bytes its length
     * @param resumedAt the number of its bytes that an earlier attempt had left
     * @param sha256 the SHA-256 of its content in hexadecimal
     * @param verified whether the peer has sent the same hash; graspy sends none
     */
    record Stored(FileName name, Path file, long bytes, long resumedAt, String sha256, boolean verified)
            implements TransferEvent {}
}
