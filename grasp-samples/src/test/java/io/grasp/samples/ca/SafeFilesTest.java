package io.grasp.samples.ca;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of the authority on file systems with permissions and without. */
class SafeFilesTest {
    private static final byte[] SECRET = "secret".getBytes(StandardCharsets.UTF_8);

    @TempDir
    private Path directory;

    private static void assertWritten(Path place) throws IOException {
        SafeFiles.createDirectory(place);
        Path file = place.resolve("key.pem");
        SafeFiles.writeSecret(file, new byte[] {1});
        SafeFiles.writeSecret(file, SECRET);

        assertThat(SafeFiles.read(file)).isEqualTo(SECRET);
        try (Stream<Path> all = Files.list(place)) {
            assertThat(all).as("no temporary file is left").hasSize(1);
        }
    }

    @Test
    void aSecretIsForItsOwnerOnly() throws IOException {
        Path place = directory.resolve("ca");
        assertWritten(place);

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(place)))
                .isEqualTo("rwx------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(place.resolve("key.pem"))))
                .isEqualTo("rw-------");
    }

    /** Such as a zip file or a FAT disk. */
    @Test
    void aFileSystemWithoutPermissionsIsNoError() throws IOException {
        URI archive = URI.create("jar:" + directory.resolve("disk.zip").toUri());
        try (FileSystem withoutPermissions = FileSystems.newFileSystem(archive, Map.of("create", "true"))) {
            assertWritten(withoutPermissions.getPath("/ca"));
        }
    }
}
