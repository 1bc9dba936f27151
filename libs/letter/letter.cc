#include "libs/letter/letter.h"

#include <cairo-pdf.h>
#include <pango/pangocairo.h>
#include <qrencode.h>

#include <algorithm>
#include <memory>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace kepu::letter {
namespace {

// Points: A4, and margins that a binder leaves.
constexpr double kWidth = 595.28, kHeight = 841.89, kMargin = 64;
constexpr double kInner = kWidth - 2 * kMargin;
constexpr double kFooterAt = kHeight - 44, kBodyEnd = kHeight - 70;
constexpr double kRowHeight = 17, kHeadHeight = 22, kAnnexTop = kMargin + 34;
constexpr double kCodeSize = 96, kSealSize = 104, kLabelWidth = 150;
constexpr char kFont[] = "Noto Sans CJK SC";

struct Free {
  void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
  void operator()(cairo_t* context) const { cairo_destroy(context); }
  void operator()(PangoLayout* layout) const { g_object_unref(layout); }
  void operator()(PangoFontDescription* font) const { pango_font_description_free(font); }
  void operator()(QRcode* code) const { QRcode_free(code); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

cairo_status_t Append(void* out, const unsigned char* data, unsigned int size) {
  static_cast<std::string*>(out)->append(reinterpret_cast<const char*>(data), size);
  return CAIRO_STATUS_SUCCESS;
}

struct Style {
  double size = 11;
  PangoAlignment align = PANGO_ALIGN_LEFT;
  bool bold = false;
  // One line that ends in dots, instead of as many as it takes.
  bool cut = false;
};

class Sheet {
 public:
  Sheet(const Letter& letter, std::string* out)
      : letter_(letter),
        surface_(cairo_pdf_surface_create_for_stream(Append, out, kWidth, kHeight)),
        context_(cairo_create(surface_.get())),
        pages_(1 + (letter.annex.rows.size() + kRowsPerPage - 1) / kRowsPerPage) {
    const std::string made = absl::FormatTime("%Y-%m-%d%ET%H:%M:%SZ", letter.made, absl::UTCTimeZone());
    cairo_pdf_surface_set_metadata(surface_.get(), CAIRO_PDF_METADATA_CREATE_DATE, made.c_str());
    cairo_pdf_surface_set_metadata(surface_.get(), CAIRO_PDF_METADATA_MOD_DATE, made.c_str());
    cairo_pdf_surface_set_metadata(surface_.get(), CAIRO_PDF_METADATA_TITLE, letter.title.c_str());
  }

  absl::Status Draw() {
    double y = kMargin + Text(letter_.title, kMargin, kMargin, kInner, {24, PANGO_ALIGN_CENTER, true}) + 4;
    if (unknown_ > 0) return absl::FailedPreconditionError("no font of this machine has the signs it takes");
    y += Text(letter_.subtitle, kMargin, y, kInner, {13, PANGO_ALIGN_CENTER}) + 26;
    for (const auto& [label, value] : letter_.fields) {
      const double left = Text(label, kMargin, y, kLabelWidth - 10, {10});
      y += std::max(left, Text(value, kMargin + kLabelWidth, y, kInner - kLabelWidth, {12})) + 7;
    }
    y += 12;
    for (const std::string& paragraph : letter_.paragraphs) y += Text(paragraph, kMargin, y, kInner, {}) + 9;
    if (y > kBodyEnd - kSealSize) return absl::InvalidArgumentError("the text of a letter fits on one page");
    if (absl::Status status = DrawFoot(kBodyEnd - kSealSize - 8); !status.ok()) return status;
    EndPage();
    DrawAnnex();
    cairo_surface_finish(surface_.get());
    const cairo_status_t status = cairo_surface_status(surface_.get());
    if (status == CAIRO_STATUS_SUCCESS) return absl::OkStatus();
    return absl::InternalError(cairo_status_to_string(status));
  }

 private:
  static constexpr size_t kRowsPerPage =
      static_cast<size_t>((kBodyEnd - kAnnexTop - kHeadHeight) / kRowHeight);

  // Its height.
  double Text(const std::string& text, double x, double y, double width, Style style) {
    const Owned<PangoLayout> layout(pango_cairo_create_layout(context_.get()));
    const Owned<PangoFontDescription> font(pango_font_description_from_string(kFont));
    pango_font_description_set_absolute_size(font.get(), style.size * PANGO_SCALE);
    if (style.bold) pango_font_description_set_weight(font.get(), PANGO_WEIGHT_BOLD);
    pango_layout_set_font_description(layout.get(), font.get());
    pango_layout_set_width(layout.get(), static_cast<int>(width * PANGO_SCALE));
    pango_layout_set_alignment(layout.get(), style.align);
    if (style.cut) {
      pango_layout_set_ellipsize(layout.get(), PANGO_ELLIPSIZE_END);
    } else {
      pango_layout_set_wrap(layout.get(), PANGO_WRAP_WORD_CHAR);
    }
    pango_layout_set_text(layout.get(), text.data(), static_cast<int>(text.size()));
    unknown_ += pango_layout_get_unknown_glyphs_count(layout.get());
    cairo_move_to(context_.get(), x, y);
    pango_cairo_show_layout(context_.get(), layout.get());
    int height = 0;
    pango_layout_get_size(layout.get(), nullptr, &height);
    return static_cast<double>(height) / PANGO_SCALE;
  }

  // The code to scan at the left, the place of the seal at the right.
  absl::Status DrawFoot(double y) {
    if (!letter_.code.empty()) {
      if (absl::Status status = DrawCode(kMargin, y); !status.ok()) return status;
      double at = y;
      for (const std::string& line : letter_.beside_code)
        at += Text(line, kMargin + kCodeSize + 10, at, kInner - kCodeSize - kSealSize - 20, {8}) + 3;
    }
    if (letter_.seal.empty()) return absl::OkStatus();
    const double left = kWidth - kMargin - kSealSize, radius = kSealSize / 2;
    cairo_t* context = context_.get();
    cairo_save(context);
    const double dashes[] = {3, 3};
    cairo_set_dash(context, dashes, 2, 0);
    cairo_set_line_width(context, 0.8);
    cairo_set_source_rgb(context, 0.75, 0.1, 0.1);
    cairo_arc(context, left + radius, y + radius, radius, 0, 2 * G_PI);
    cairo_stroke(context);
    double at = y + radius - 8 * static_cast<double>(letter_.seal.size());
    for (const std::string& line : letter_.seal)
      at += Text(line, left + 8, at, kSealSize - 16, {9, PANGO_ALIGN_CENTER}) + 2;
    cairo_restore(context);
    return absl::OkStatus();
  }

  absl::Status DrawCode(double x, double y) {
    const Owned<QRcode> code(QRcode_encodeString8bit(letter_.code.c_str(), 0, QR_ECLEVEL_M));
    if (code == nullptr) return absl::InternalError("no code could be made");
    const double module = kCodeSize / code->width;
    for (int row = 0; row < code->width; ++row)
      for (int column = 0; column < code->width; ++column)
        if ((code->data[row * code->width + column] & 1U) != 0)
          cairo_rectangle(context_.get(), x + column * module, y + row * module, module, module);
    cairo_fill(context_.get());
    return absl::OkStatus();
  }

  void DrawRow(const std::vector<std::string>& cells, double y, bool head) {
    double whole = 0, x = kMargin;
    for (const double share : letter_.annex.shares) whole += share;
    for (size_t i = 0; i < cells.size() && i < letter_.annex.shares.size(); ++i) {
      const double width = kInner * letter_.annex.shares[i] / whole;
      Text(cells[i], x, y, width - 6, {.size = 9, .bold = head, .cut = true});
      x += width;
    }
  }

  void DrawAnnex() {
    const Table& annex = letter_.annex;
    for (size_t first = 0; first < annex.rows.size(); first += kRowsPerPage) {
      Text(annex.title, kMargin, kMargin, kInner, {14, PANGO_ALIGN_LEFT, true});
      DrawRow(annex.heads, kAnnexTop, true);
      const size_t end = std::min(annex.rows.size(), first + kRowsPerPage);
      for (size_t i = first; i < end; ++i)
        DrawRow(annex.rows[i], kAnnexTop + kHeadHeight + kRowHeight * static_cast<double>(i - first), false);
      EndPage();
    }
  }

  void EndPage() {
    Text(absl::StrCat(letter_.footer, "    ", ++page_, " / ", pages_), kMargin, kFooterAt, kInner,
         {.size = 8, .align = PANGO_ALIGN_CENTER, .cut = true});
    cairo_show_page(context_.get());
  }

  const Letter& letter_;
  const Owned<cairo_surface_t> surface_;
  const Owned<cairo_t> context_;
  const size_t pages_;
  size_t page_ = 0;
  int unknown_ = 0;
};

}  // namespace

absl::StatusOr<std::string> RenderPdf(const Letter& letter) {
  if (letter.annex.rows.size() > kRowsMax) return absl::InvalidArgumentError("too many rows for a letter");
  if (letter.annex.heads.size() != letter.annex.shares.size())
    return absl::InvalidArgumentError("an annex has as many shares as heads");
  if (letter.code.size() > kCodeBytesMax) return absl::InvalidArgumentError("too much for a code");
  std::string pdf;
  // Drawing ends before the bytes are whole.
  if (absl::Status status = Sheet(letter, &pdf).Draw(); !status.ok()) return status;
  return pdf;
}

}  // namespace kepu::letter
