package io.grasp.samples.text;

/**
 * Where the files are that this program refers to. The launcher of an installed program names their directory; without
 * it, paths are those in the source, such as {@code docs/operating.md}.
 */
public final class Documents {
    /** The system property with the directory, which ends in a slash. */
    public static final String PROPERTY = "grasp.documents";

    /** The directory, in descriptions of commands and options. */
    public static final String DIRECTORY = "${sys:" + PROPERTY + ":-}";

    private Documents() {}

    /**
     * {@return the path of a file}
     *
     * @param source its path in the source
     */
    public static String path(String source) {
        return System.getProperty(PROPERTY, "") + source;
    }
}
