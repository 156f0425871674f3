package io.grasp.samples.text;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * Standard output or standard error of the process. Characters that its character set lacks are escaped, as {@link
 * io.grasp.util.PrintableText} escapes others. Unlike {@link System#out}, it reports that writing has failed.
 */
public final class StandardStream extends PrintWriter {
    private final int columns;
    private final boolean isJournal;

    private StandardStream(Writer writer, int columns, boolean isJournal) {
        super(writer);
        this.columns = columns;
        this.isJournal = isJournal;
    }

    /**
     * {@return standard output}
     *
     * @param failed is notified once if writing fails, on the thread that writes; later output is lost
     */
    public static StandardStream output(Consumer<IOException> failed) {
        return new StandardStream(
                new Escaping(new FileOutputStream(FileDescriptor.out), charset("stdout.encoding"), failed),
                Terminal.columns(),
                false);
    }

    /** {@return standard error; what cannot be written is lost} */
    public static StandardStream error() {
        return new StandardStream(
                new Escaping(new FileOutputStream(FileDescriptor.err), charset("stderr.encoding"), failure -> {}),
                Terminal.UNBOUNDED,
                Journal.isStandardError());
    }

    /** {@return the width of the terminal, {@link Terminal#UNBOUNDED} if this is not one} */
    public int columns() {
        return columns;
    }

    /** {@return whether lines go to systemd's journal, and may have their priority at the beginning} */
    boolean isJournal() {
        return isJournal;
    }

    /** Since JDK 19 each stream has a character set of its own. */
    private static Charset charset(String property) {
        String name = System.getProperty(property, System.getProperty("native.encoding", "UTF-8"));
        return Charset.isSupported(name) ? Charset.forName(name) : StandardCharsets.UTF_8;
    }

    /** The print writer serializes the calls. */
    static final class Escaping extends Writer {
        private final OutputStream out;
        private final Charset charset;
        private final CharsetEncoder encoder;
        private final Consumer<IOException> failed;
        private final AtomicBoolean hasFailed = new AtomicBoolean();

        Escaping(OutputStream out, Charset charset, Consumer<IOException> failed) {
            this.out = new BufferedOutputStream(out);
            this.charset = charset;
            this.encoder = charset.newEncoder();
            this.failed = failed;
        }

        @Override
        public void write(char[] text, int offset, int length) throws IOException {
            String all = new String(text, offset, length);
            byte[] bytes = (encoder.canEncode(all) ? all : escaped(all)).getBytes(charset);
            orFail(() -> out.write(bytes));
        }

        private String escaped(String text) {
            StringBuilder all = new StringBuilder(text.length() + 16);
            text.codePoints().mapToObj(Character::toString).forEach(each -> {
                if (encoder.canEncode(each)) {
                    all.append(each);
                } else {
                    each.chars()
                            .forEach(unit ->
                                    all.append("\\u").append(HexFormat.of().toHexDigits((char) unit)));
                }
            });
            return all.toString();
        }

        @Override
        public void flush() throws IOException {
            orFail(out::flush);
        }

        @Override
        public void close() throws IOException {
            orFail(out::close);
        }

        private void orFail(Writing writing) throws IOException {
            if (hasFailed.get()) {
                return;
            }
            try {
                writing.run();
            } catch (IOException e) {
                if (hasFailed.compareAndSet(false, true)) {
                    failed.accept(e);
                }
                throw e;
            }
        }

        private interface Writing {
            void run() throws IOException;
        }
    }
}
