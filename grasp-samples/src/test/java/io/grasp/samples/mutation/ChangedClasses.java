package io.grasp.samples.mutation;

import java.io.File;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The project's classes, some of them changed, loaded next to the real ones. */
public class ChangedClasses extends URLClassLoader {
    private static final String OURS = "io.grasp.";

    /** @param front directories with classes that come before those of the class path */
    public ChangedClasses(List<Path> front) {
        super(classPath(front), ChangedClasses.class.getClassLoader());
    }

    private static URL[] classPath(List<Path> front) {
        List<Path> places = new ArrayList<>(front);
        for (String place : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            places.add(Path.of(place));
        }
        return places.stream().map(ChangedClasses::url).toArray(URL[]::new);
    }

    private static URL url(Path place) {
        try {
            return place.toUri().toURL();
        } catch (MalformedURLException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** This project's classes come from here, although the parent has them too. */
    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (!name.startsWith(OURS)) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> known = findLoadedClass(name);
            return known == null ? findClass(name) : known;
        }
    }
}
