package org.resnet4j.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.arch.Shape;

/** A path, bytes, a stream and an image in memory give the same pixels. */
final class ImageSourcesTest {
  private static final int WIDTH = 21;
  private static final int HEIGHT = 18;

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "pillow/exif6.jpg",
        "pillow/exif6.png",
        "pillow/cmyk.jpg",
        "pillow/gray16.png",
        "pillow/palette.gif",
        "pillow/rgb.bmp",
        "webp/exif6.webp",
        "webp/exif8.webp",
        "webp/lossless.webp"
      })
  void bytesAndStreamsAreTurnedLikeFiles(String name) throws IOException {
    byte[] bytes = bytes(name);
    byte[] before = bytes.clone();
    // The content decides, whatever the name.
    Image file = ImageFiles.read(Files.write(folder.resolve("image.jpg"), bytes));
    Image read = ImageFiles.read("x", bytes);
    assertThat(bytes).isEqualTo(before);
    Image streamed = ImageFiles.read("x", new ByteArrayInputStream(bytes));
    assertThat(read).usingRecursiveComparison().isEqualTo(file);
    assertThat(streamed).usingRecursiveComparison().isEqualTo(file);
    if (name.contains("exif")) {
      assertThat(file.shape().height()).isGreaterThan(file.shape().width());
    }
  }

  @Test
  void refusalNamesTheBytesOrTheStream() {
    assertThatThrownBy(() -> ImageFiles.read("upload 7", new byte[] {1}))
        .isInstanceOf(DataFormatException.class)
        .hasMessageStartingWith("upload 7: expected a JPEG, PNG, BMP, GIF or WebP image but it");
    Fit exact = Fit.exact();
    assertThatThrownBy(
            () -> ImageFiles.read("upload 8", bytes("pillow/rgb.png"), i -> exact.apply(i, 2, 2)))
        .isInstanceOf(DataFormatException.class)
        .hasMessageStartingWith("upload 8: expected an image of 2x2 pixels but it has 18x21");
  }

  /** Java's decoder gives these images as they are stored, in various types of BufferedImage. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "rgb.png",
        "gray.png",
        "gray2.png",
        "black-and-white.png",
        "alpha.png",
        "gray-alpha.png",
        "palette4.png",
        "palette8.png",
        "rgb16.png",
        "alpha16.png",
        "gray16.png",
        "rgb.bmp",
        "rgb444.jpg",
        "gray.jpg"
      })
  void imageInMemoryEqualsItsFile(String name) throws IOException {
    byte[] bytes = bytes("pillow/" + name);
    BufferedImage decoded = ImageIO.read(new ByteArrayInputStream(bytes));
    assertThat(Image.of(decoded))
        .usingRecursiveComparison()
        .isEqualTo(ImageFiles.read(name, bytes));
  }

  @Test
  void everyTypeOfBufferedImageKeepsItsColours() {
    byte[] expected = Image.of(painted(BufferedImage.TYPE_INT_RGB)).pixels();
    for (int type :
        new int[] {
          BufferedImage.TYPE_INT_ARGB,
          BufferedImage.TYPE_INT_BGR,
          BufferedImage.TYPE_3BYTE_BGR,
          BufferedImage.TYPE_4BYTE_ABGR,
          BufferedImage.TYPE_INT_ARGB_PRE,
          BufferedImage.TYPE_4BYTE_ABGR_PRE
        }) {
      assertThat(Image.of(painted(type)).pixels()).as("type %d", type).isEqualTo(expected);
    }
    BufferedImage whole = painted(BufferedImage.TYPE_3BYTE_BGR);
    Image part = Image.of(whole.getSubimage(3, 2, 5, 7));
    assertThat(part.shape()).isEqualTo(new Shape(3, 7, 5));
    Image all = new Image(new Shape(3, HEIGHT, WIDTH), expected);
    assertThat(part.pixels()).isEqualTo(CenterCrop.placed(all, 7, 5, 2, 3, new byte[3]).pixels());
  }

  /** 100 × 255 / 128 and 60 × 255 / 128, rounded; stored colours were multiplied by alpha. */
  @Test
  void premultipliedColoursAreDividedByAlpha() {
    BufferedImage image = new BufferedImage(1, 1, BufferedImage.TYPE_INT_ARGB_PRE);
    image.getRaster().setDataElements(0, 0, new int[] {128 << 24 | 100 << 16 | 60 << 8});
    assertThat(Image.of(image).pixels()).containsExactly((byte) 199, (byte) 120, (byte) 0);
  }

  @Test
  void packedSamplesAreWidened() {
    BufferedImage image = new BufferedImage(1, 1, BufferedImage.TYPE_USHORT_565_RGB);
    image.getRaster().setDataElements(0, 0, new short[] {(short) (31 << 11 | 32 << 5 | 1)});
    assertThat(Image.of(image).pixels()).containsExactly((byte) 255, (byte) 129, (byte) 8);
  }

  @Test
  void paletteOfSixteenBitsIsLookedUp() {
    int[] colours = new int[1000];
    Arrays.setAll(colours, i -> i * 7919);
    IndexColorModel palette =
        new IndexColorModel(16, 1000, colours, 0, false, -1, DataBuffer.TYPE_USHORT);
    WritableRaster raster = palette.createCompatibleWritableRaster(1, 1);
    raster.setSample(0, 0, 0, 999);
    BufferedImage image = new BufferedImage(palette, raster, false, null);
    int colour = 999 * 7919;
    assertThat(Image.of(image).pixels())
        .containsExactly((byte) (colour >> 16), (byte) (colour >> 8), (byte) colour);
  }

  /** The pixels of {@code cmyk.jpg} by Pillow are those of its ink in memory. */
  @Test
  void cmykRasterEqualsItsFile() throws IOException {
    byte[] file = bytes("pillow/cmyk.jpg");
    JpegImage encoded = (JpegImage) ImageFiles.encoded("x", file.clone());
    Raster stored =
        EncodedBytes.decoded(
            "x",
            ImageFormat.JPEG,
            encoded.bytes(),
            encoded.length(),
            reader -> reader.readRaster(0, null));
    ColorSpace cmyk = new Cmyk();
    ComponentColorModel model =
        new ComponentColorModel(cmyk, false, false, 1, DataBuffer.TYPE_BYTE);
    WritableRaster ink =
        model.createCompatibleWritableRaster(stored.getWidth(), stored.getHeight());
    for (int y = 0; y < stored.getHeight(); y++) {
      for (int x = 0; x < stored.getWidth(); x++) {
        for (int band = 0; band < 4; band++) {
          ink.setSample(x, y, band, 255 - stored.getSample(x, y, band)); // Adobe inverts it
        }
      }
    }
    assertThat(Image.of(new BufferedImage(model, ink, false, null)))
        .usingRecursiveComparison()
        .isEqualTo(ImageFiles.read("x", file));
  }

  @Test
  void samplesOfOtherTypesAreRefused() {
    ComponentColorModel floats =
        new ComponentColorModel(
            ColorSpace.getInstance(ColorSpace.CS_sRGB), false, false, 1, DataBuffer.TYPE_FLOAT);
    BufferedImage image =
        new BufferedImage(floats, floats.createCompatibleWritableRaster(2, 2), false, null);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Image.of(image))
        .withMessageStartingWith("expected an image of bytes or unsigned 16-bit numbers but");
    ComponentColorModel xyz =
        new ComponentColorModel(
            ColorSpace.getInstance(ColorSpace.CS_CIEXYZ), false, false, 1, DataBuffer.TYPE_BYTE);
    BufferedImage other =
        new BufferedImage(xyz, xyz.createCompatibleWritableRaster(2, 2), false, null);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Image.of(other))
        .withMessageStartingWith("expected an image in gray, RGB or CMYK but its colour space");
  }

  @Test
  void formatsHaveEndingsAndAreRecognised() throws IOException {
    assertThat(ImageFormat.endings())
        .contains(".jpg", ".jpeg", ".png", ".bmp", ".gif", ".webp")
        .allMatch(ending -> ending.matches("\\.[a-z]+"));
    assertThat(ImageFormat.recognised(bytes("webp/named.jpg"))).contains(ImageFormat.WEBP);
    assertThat(ImageFormat.recognised(Arrays.copyOf(bytes("pillow/rgb.png"), 12)))
        .contains(ImageFormat.PNG);
    assertThat(ImageFormat.recognised(new byte[12])).isEmpty();
    assertThat(ImageFormat.recognised(new byte[0])).isEmpty();
  }

  private static BufferedImage painted(int type) {
    BufferedImage image = new BufferedImage(WIDTH, HEIGHT, type);
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < WIDTH * HEIGHT; i++) {
      image.setRGB(i % WIDTH, i / WIDTH, random.nextInt() | 0xff000000);
    }
    return image;
  }

  private static byte[] bytes(String name) throws IOException {
    try (InputStream in = ImageSourcesTest.class.getResourceAsStream(name)) {
      return in.readAllBytes();
    }
  }

  /** A colour space of four inks without a profile. */
  private static final class Cmyk extends ColorSpace {
    private static final long serialVersionUID = 1;

    Cmyk() {
      super(TYPE_CMYK, 4);
    }

    @Override
    public float[] toRGB(float[] colour) {
      throw new UnsupportedOperationException();
    }

    @Override
    public float[] fromRGB(float[] colour) {
      throw new UnsupportedOperationException();
    }

    @Override
    public float[] toCIEXYZ(float[] colour) {
      throw new UnsupportedOperationException();
    }

    @Override
    public float[] fromCIEXYZ(float[] colour) {
      throw new UnsupportedOperationException();
    }
  }
}
