package io.grasp.samples.transfer;

import java.util.List;

/**
 * The name of a file in a served directory: names of directories and of the file, with slashes between them. It never
 * leads out of that directory. A name that begins with a dot is not served: files that are being written have such
 * names, and so have those that users hide.
 *
 * @param text the name
 */
public record FileName(String text) {
    private static final int MAX_LENGTH = 1024;

    /**
     * Checks the name.
     *
     * @throws TransferException with {@link TransferException.Reason#INVALID} if it is empty, absolute or too long, if
     *     a part of it is empty or begins with a dot, as {@code ..} does, or if it has a backslash or a control
     *     character
     */
    public FileName {
        if (text.isEmpty() || text.length() > MAX_LENGTH) {
            throw wrong("a file name has 1 to " + MAX_LENGTH + " characters");
        }
        if (text.chars().anyMatch(each -> each == '\\' || Character.isISOControl(each))) {
            throw wrong("a file name has no backslash and no control character");
        }
        for (String part : split(text)) {
            if (part.isEmpty() || part.startsWith(".")) {
                throw wrong("a file name is relative, and no part of it begins with a dot");
            }
        }
    }

    private static TransferException wrong(String rule) {
        return new TransferException(TransferException.Reason.INVALID, "Invalid name: " + rule);
    }

    private static List<String> split(String text) {
        return List.of(text.split("/", -1));
    }

    /** {@return the names of the directories, and that of the file at the end} */
    List<String> parts() {
        return split(text);
    }

    /** {@return the name of the file without those of its directories} */
    public String simple() {
        return text.substring(text.lastIndexOf('/') + 1);
    }
}
