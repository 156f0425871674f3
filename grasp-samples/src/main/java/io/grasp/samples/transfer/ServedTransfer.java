package io.grasp.samples.transfer;

import java.util.Optional;

/**
 * A transfer to a peer that has ended.
 *
 * @param peer the peer's address
 * @param name the requested name, empty if it is not valid
 * @param bytes the number of bytes of the file that have been sent in this transfer
 * @param failure why the peer does not have the file; empty if it has
 */
public record ServedTransfer(String peer, String name, long bytes, Optional<String> failure) {
    /** {@return it as a sentence for operators} */
    public String describe() {
        String what = name.isEmpty() ? "a file" : name;
        return failure.map(reason -> "Did not send " + what + " to " + peer + ": " + reason)
                .orElseGet(() -> "Sent " + what + " to " + peer + ", " + bytes + " bytes");
    }
}
