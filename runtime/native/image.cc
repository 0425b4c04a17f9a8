// In this order: the sections, where each will stand, the symbols, the
// relocations, the header and its entries. Every offset is compared with what
// is left before it is used; sums are made in 64 bits of 32-bit numbers.
#include "runtime/native/image.h"

#include <cstring>
#include <elf.h>
#include <optional>
#include <string>

#include <fmt/format.h>

#include "runtime/native/format.h"

namespace telltale::native {

namespace {

constexpr size_t kMaxSections = 64;
constexpr uint8_t kTrap = 0xcc;  // int3, between pieces of code

class Linker {
 public:
  Linker(std::string_view object, const Counts& counts)
      : object_(object), counts_(counts) {}

  Result<Image> Run() {
    const bool linked = ReadHeader() && ReadSections() && PlaceSections() &&
                        ReadSymbols() && Relocate() && ReadEntries();
    if (!linked) {
      return Fail("native object: " + refusal_);
    }
    return std::move(image_);
  }

 private:
  struct Section {
    Elf64_Shdr header{};
    std::string_view name;
    bool loaded = false;
    uint64_t place = 0;  // in the image
  };

  bool Refuse(std::string why) {
    refusal_ = std::move(why);
    return false;
  }

  // A struct at `offset` of `bytes`; the caller knows that it is inside.
  template <typename T>
  static T At(const void* bytes, uint64_t offset) {
    T value;
    std::memcpy(&value, static_cast<const uint8_t*>(bytes) + offset, sizeof(T));
    return value;
  }
  static bool Inside(uint64_t offset, uint64_t size, uint64_t whole) {
    return offset <= whole && size <= whole - offset;
  }
  [[nodiscard]] std::string_view Bytes(const Section& section) const {
    return object_.substr(section.header.sh_offset, section.header.sh_size);
  }
  // The name at `offset` of a table of names.
  static std::optional<std::string_view> Name(std::string_view names,
                                              uint64_t offset) {
    const size_t end = offset < names.size() ? names.find('\0', offset)
                                             : std::string_view::npos;
    if (end == std::string_view::npos) {
      return std::nullopt;
    }
    return names.substr(offset, end - offset);
  }

  bool ReadHeader() {
    if (object_.size() > kMaxObjectSize) {
      return Refuse("it is too large");
    }
    if (object_.size() < sizeof(Elf64_Ehdr)) {
      return Refuse("it is cut off");
    }
    header_ = At<Elf64_Ehdr>(object_.data(), 0);
    const unsigned char* ident = header_.e_ident;
    if (std::memcmp(ident, ELFMAG, SELFMAG) != 0 ||
        ident[EI_CLASS] != ELFCLASS64 || ident[EI_DATA] != ELFDATA2LSB ||
        ident[EI_VERSION] != EV_CURRENT || ident[EI_OSABI] != ELFOSABI_NONE ||
        header_.e_type != ET_REL || header_.e_machine != EM_X86_64 ||
        header_.e_flags != 0 || header_.e_phnum != 0) {
      return Refuse("it is no relocatable object for x86-64");
    }
    if (header_.e_shentsize != sizeof(Elf64_Shdr) || header_.e_shnum == 0 ||
        header_.e_shnum > kMaxSections ||
        header_.e_shstrndx >= header_.e_shnum ||
        !Inside(header_.e_shoff, uint64_t{header_.e_shnum} * sizeof(Elf64_Shdr),
                object_.size())) {
      return Refuse("its table of sections is damaged");
    }
    return true;
  }

  bool ReadSections() {
    sections_.resize(header_.e_shnum);
    for (size_t k = 0; k < sections_.size(); ++k) {
      sections_[k].header = At<Elf64_Shdr>(
          object_.data(), header_.e_shoff + k * sizeof(Elf64_Shdr));
      const Elf64_Shdr& header = sections_[k].header;
      if (header.sh_type != SHT_NULL &&
          !Inside(header.sh_offset, header.sh_size, object_.size())) {
        return Refuse(fmt::format("section {} ends outside of it", k));
      }
    }
    if (sections_[header_.e_shstrndx].header.sh_type != SHT_STRTAB) {
      return Refuse("its sections have no names");
    }
    const std::string_view names = Bytes(sections_[header_.e_shstrndx]);
    for (size_t k = 1; k < sections_.size(); ++k) {
      const auto name = Name(names, sections_[k].header.sh_name);
      if (!name.has_value()) {
        return Refuse(fmt::format("section {} has no name", k));
      }
      sections_[k].name = *name;
      if (!CheckSection(k)) {
        return false;
      }
    }
    if (symbols_ == 0) {
      return Refuse("it has no symbols");
    }
    return sections_[0].header.sh_type == SHT_NULL ||
           Refuse("section 0 is not empty");
  }

  bool CheckSection(size_t index) {
    Section& section = sections_[index];
    const Elf64_Shdr& header = section.header;
    const auto unknown = [&] {
      return Refuse(fmt::format("section `{}` is of an unknown kind",
                                section.name.substr(0, 64)));
    };
    switch (header.sh_type) {
      case SHT_PROGBITS: {
        if (header.sh_flags == 0) {  // such as .note.GNU-stack
          return header.sh_size == 0 || unknown();
        }
        const bool code = header.sh_flags == (SHF_ALLOC | SHF_EXECINSTR) &&
                          section.name.starts_with(".text");
        constexpr uint64_t kMerge = SHF_MERGE | SHF_STRINGS;
        const bool data = (header.sh_flags & ~kMerge) == SHF_ALLOC &&
                          section.name.starts_with(".rodata");
        if (!code && !data) {
          return unknown();
        }
        section.loaded = true;
        const uint64_t align = header.sh_addralign;
        return (align != 0 && align <= kPageSize &&
                (align & (align - 1)) == 0) ||
               Refuse("a section's alignment is unknown");
      }
      case SHT_SYMTAB:
        if (symbols_ != 0 || header.sh_entsize != sizeof(Elf64_Sym) ||
            header.sh_size % sizeof(Elf64_Sym) != 0 ||
            header.sh_link >= sections_.size() ||
            sections_[header.sh_link].header.sh_type != SHT_STRTAB) {
          return Refuse("its table of symbols is damaged");
        }
        symbols_ = index;
        return true;
      case SHT_STRTAB:
        return header.sh_flags == 0 || unknown();
      case SHT_RELA:
        return (header.sh_entsize == sizeof(Elf64_Rela) &&
                header.sh_size % sizeof(Elf64_Rela) == 0 &&
                header.sh_info < sections_.size()) ||
               Refuse("a table of relocations is damaged");
      default:
        return unknown();
    }
  }

  bool PlaceSections() {
    uint64_t end = 0;
    for (const bool code : {true, false}) {
      for (Section& section : sections_) {
        const Elf64_Shdr& header = section.header;
        if (!section.loaded ||
            ((header.sh_flags & SHF_EXECINSTR) != 0) != code) {
          continue;
        }
        end = (end + header.sh_addralign - 1) & ~(header.sh_addralign - 1);
        section.place = end;
        end += header.sh_size;
      }
      end = (end + kPageSize - 1) & ~uint64_t{kPageSize - 1};
      if (code) {
        image_.code_size = end;
      }
    }
    // Sections may share bytes of the file, so their sum has a bound too.
    if (end > kMaxObjectSize) {
      return Refuse("it is too large");
    }
    image_.bytes.assign(end, 0);
    std::memset(image_.bytes.data(), kTrap, image_.code_size);
    for (const Section& section : sections_) {
      if (section.loaded && section.header.sh_size != 0) {
        std::memcpy(image_.bytes.data() + section.place,
                    object_.data() + section.header.sh_offset,
                    section.header.sh_size);
      }
    }
    return true;
  }

  bool ReadSymbols() {
    const Section& table = sections_[symbols_];
    const std::string_view bytes = Bytes(table);
    const std::string_view names = Bytes(sections_[table.header.sh_link]);
    const size_t count = bytes.size() / sizeof(Elf64_Sym);
    places_.resize(count);
    for (size_t k = 1; k < count; ++k) {
      const auto symbol = At<Elf64_Sym>(bytes.data(), k * sizeof(Elf64_Sym));
      const auto name = Name(names, symbol.st_name);
      if (!name.has_value()) {
        return Refuse("a symbol has no name");
      }
      const unsigned type = ELF64_ST_TYPE(symbol.st_info);
      const unsigned binding = ELF64_ST_BIND(symbol.st_info);
      if (type == STT_FILE && symbol.st_shndx == SHN_ABS &&
          binding == STB_LOCAL) {
        continue;
      }
      if (symbol.st_shndx == SHN_UNDEF) {
        return Refuse(
            fmt::format("it wants `{}` from elsewhere", name->substr(0, 64)));
      }
      if (symbol.st_shndx >= sections_.size() ||
          !sections_[symbol.st_shndx].loaded) {
        return Refuse(
            fmt::format("symbol `{}` is in no section", name->substr(0, 64)));
      }
      if (type != STT_NOTYPE && type != STT_OBJECT && type != STT_FUNC &&
          type != STT_SECTION) {
        return Refuse(fmt::format("symbol `{}` is of an unknown kind",
                                  name->substr(0, 64)));
      }
      const Section& section = sections_[symbol.st_shndx];
      if (!Inside(symbol.st_value, symbol.st_size, section.header.sh_size)) {
        return Refuse(fmt::format("symbol `{}` ends outside of its section",
                                  name->substr(0, 64)));
      }
      places_[k] = section.place + symbol.st_value;
      if (binding == STB_LOCAL) {
        continue;
      }
      if (binding != STB_GLOBAL || *name != kHeaderSymbol ||
          header_place_.has_value()) {
        return Refuse(
            fmt::format("it offers `{}` to others", name->substr(0, 64)));
      }
      header_place_ = *places_[k];
    }
    return header_place_.has_value() || Refuse("it has no header");
  }

  bool Relocate() {
    for (const Section& table : sections_) {
      if (table.header.sh_type != SHT_RELA) {
        continue;
      }
      const Section& section = sections_[table.header.sh_info];
      if (table.header.sh_link != symbols_ || !section.loaded) {
        return Refuse("a table of relocations is for no section");
      }
      const std::string_view bytes = Bytes(table);
      for (size_t at = 0; at < bytes.size(); at += sizeof(Elf64_Rela)) {
        if (!Relocate(At<Elf64_Rela>(bytes.data(), at), section)) {
          return false;
        }
      }
    }
    return true;
  }

  bool Relocate(const Elf64_Rela& relocation, const Section& section) {
    const auto type = ELF64_R_TYPE(relocation.r_info);
    const auto symbol = ELF64_R_SYM(relocation.r_info);
    // A call through a table of procedures is a call, where nothing is shared.
    if (type != R_X86_64_PC32 && type != R_X86_64_PLT32) {
      return Refuse(fmt::format("relocation {} is unknown", type));
    }
    if (!Inside(relocation.r_offset, sizeof(int32_t), section.header.sh_size)) {
      return Refuse("a relocation is outside of its section");
    }
    if (symbol >= places_.size() || !places_[symbol].has_value()) {
      return Refuse("a relocation is to no symbol");
    }
    const auto limit = static_cast<int64_t>(kMaxObjectSize);
    const uint64_t place = section.place + relocation.r_offset;
    if (relocation.r_addend > limit || relocation.r_addend < -limit) {
      return Refuse("a relocation leads outside of it");
    }
    const int64_t value = static_cast<int64_t>(*places_[symbol]) +
                          relocation.r_addend - static_cast<int64_t>(place);
    const auto narrow = static_cast<int32_t>(value);  // of less than 2^28
    std::memcpy(image_.bytes.data() + place, &narrow, sizeof(narrow));
    return true;
  }

  [[nodiscard]] bool IsData(int64_t offset, uint64_t size) const {
    return offset >= static_cast<int64_t>(image_.code_size) &&
           Inside(static_cast<uint64_t>(offset), size, image_.bytes.size());
  }

  bool ReadEntries() {
    const auto begin = static_cast<int64_t>(*header_place_);
    if (begin % 4 != 0 || !IsData(begin, sizeof(Header))) {
      return Refuse("its header is damaged");
    }
    const auto header = At<Header>(image_.bytes.data(), *header_place_);
    if (header.magic != kMagic || header.format_version != kFormatVersion) {
      return Refuse("its header is of another version");
    }
    const uint64_t count = uint64_t{header.term_count} + header.predicate_count;
    if (header.term_count != counts_.terms ||
        header.predicate_count != counts_.predicates) {
      return Refuse("it is for another program");
    }
    if (!IsData(begin, sizeof(Header) + count * sizeof(Entry))) {
      return Refuse("its header is damaged");
    }
    for (uint64_t k = 0; k < count; ++k) {
      const auto entry =
          At<Entry>(image_.bytes.data(),
                    *header_place_ + sizeof(Header) + k * sizeof(Entry));
      const bool term = k < header.term_count;
      Image::Place place;
      if (!Find(begin + entry.offset, entry.kind, term, &place)) {
        return Refuse(fmt::format("entry {} leads nowhere", k));
      }
      (term ? image_.terms : image_.predicates).push_back(place);
    }
    return true;
  }

  // Where an entry leads.
  bool Find(int64_t offset, Entry::Kind kind, bool term, Image::Place* place) {
    switch (kind) {
      case Entry::Kind::Absent:
        return true;
      case Entry::Kind::Code:
        place->kind = Image::Place::Kind::Code;
        place->offset = static_cast<uint32_t>(offset);
        return offset >= 0 && offset < static_cast<int64_t>(image_.code_size);
      case Entry::Kind::Table: {
        if (!term || offset % 4 != 0 || !IsData(offset, sizeof(Table))) {
          return false;
        }
        const auto at = static_cast<uint64_t>(offset);
        const auto table = At<Table>(image_.bytes.data(), at);
        place->kind = Image::Place::Kind::Table;
        place->offset = static_cast<uint32_t>(offset);
        return IsData(offset,
                      sizeof(Table) + uint64_t{table.cells} * sizeof(uint32_t) +
                          uint64_t{table.moves} * sizeof(vm::DfaTable::Move) +
                          uint64_t{table.ops} * sizeof(vm::DfaTable::Op));
      }
    }
    return false;
  }

  std::string_view object_;
  Counts counts_;
  std::string refusal_;
  Elf64_Ehdr header_{};
  std::vector<Section> sections_;
  size_t symbols_ = 0;                           // the section; 0: none
  std::vector<std::optional<uint64_t>> places_;  // of symbols, in the image
  std::optional<uint64_t> header_place_;
  Image image_;
};

}  // namespace

Result<Image> ReadObject(std::string_view object, const Counts& counts) {
  return Linker(object, counts).Run();
}

}  // namespace telltale::native
