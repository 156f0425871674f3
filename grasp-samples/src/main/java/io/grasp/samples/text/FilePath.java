package io.grasp.samples.text;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads the path of a file, whose characters must be in the character set of the locale. */
public final class FilePath implements ITypeConverter<Path> {
    public FilePath() {}

    @Override
    public Path convert(String text) {
        if (text.isEmpty()) {
            throw new TypeConversionException("the path is empty");
        }
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new TypeConversionException(
                    text.indexOf('\0') >= 0
                            ? "'" + text + "' is not a path: it has a zero byte"
                            : "'" + text + "' has characters that are not in the character set of the locale, "
                                    + System.getProperty("sun.jnu.encoding", "which is not known")
                                    + ", in which the JVM names files; set LC_ALL to a locale such as C.UTF-8");
        }
    }
}
